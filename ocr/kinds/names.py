"""The kinds of paper, by the names that stand in the public contract, with the Chinese term that users see."""

KINDS = {
    "id_card_front": "居民身份证（人像面）",
    "id_card_back": "居民身份证（国徽面）",
    "business_licence": "营业执照",
    "lawyer_licence": "律师执业证",
    "bank_card": "银行卡",
    "summons": "传票",
    "judgment": "裁判文书",
    "contract": "合同",
    "iou": "借条",
    "vat_invoice": "增值税发票",
    "bank_receipt": "银行回单",
    "chat_screenshot": "聊天截图",
    "fee_notice": "诉讼费用通知",
    "power_of_attorney": "授权委托书",
    "delivery_receipt": "送达回证",
    "page": "其他文件",
}
