"""What the fields of papers are called in Chinese, and which of them are nobody's business who need not know."""

FIELD_LABELS = {
    "address": "地址",
    "addressee": "受送达人",
    "agent": "受托人",
    "amount_fen": "金额",
    "appear_at": "应到时间",
    "bank": "银行",
    "birth_date": "出生日期",
    "borrower": "借款人",
    "buyer": "购买方",
    "buyer_credit_code": "购买方税号",
    "card_number": "卡号",
    "case_number": "案号",
    "cause": "案由",
    "company_name": "企业名称",
    "company_type": "企业类型",
    "court": "法院",
    "credit_code": "统一社会信用代码",
    "dated_on": "日期",
    "defendant": "被告",
    "delivered_on": "送达日期",
    "delivery_method": "送达方式",
    "dispute_clause": "争议解决条款",
    "document_type": "文书类型",
    "documents": "送达文书",
    "due_on": "还款日期",
    "established_on": "成立日期",
    "ethnicity": "民族",
    "firm": "律师事务所",
    "id_number": "身份证号码",
    "invoice_code": "发票代码",
    "invoice_number": "发票号码",
    "issued_on": "签发日期",
    "issuing_authority": "签发机关",
    "legal_representative": "法定代表人",
    "lender": "出借人",
    "licence_number": "执业证号",
    "messages": "聊天内容",
    "name": "姓名",
    "page_count": "页数",
    "paid_on": "付款日期",
    "party_a": "甲方",
    "party_b": "乙方",
    "pay_within_days": "交费期限（天）",
    "payee": "收款人",
    "payee_account": "收款账号",
    "payer": "付款人",
    "payer_account": "付款账号",
    "peer": "聊天对象",
    "place": "应到处所",
    "plaintiff": "原告",
    "principal": "委托人",
    "purpose": "用途",
    "registered_capital": "注册资本",
    "result": "裁判结果",
    "scope": "范围",
    "seller": "销售方",
    "seller_credit_code": "销售方税号",
    "serial_number": "流水号",
    "sex": "性别",
    "signatures": "签章处",
    "signed_on": "签订日期",
    "subject": "标的",
    "summoned": "被传唤人",
    "tax_fen": "税额",
    "title": "标题",
    "valid_from": "有效期自",
    "valid_to": "有效期至",
}

# What forms, the catalogue and the elements of a case are filled in from: asked for where the machine did not find it.
MAIN_FIELDS = {
    "id_card_front": ("name", "id_number", "address"),
    "id_card_back": ("valid_from", "valid_to"),
    "business_licence": ("company_name", "credit_code", "legal_representative"),
    "lawyer_licence": ("name", "firm", "licence_number"),
    "bank_card": ("card_number", "bank"),
    "summons": ("case_number", "court", "cause", "summoned", "appear_at"),
    "judgment": ("case_number", "court", "plaintiff", "defendant", "cause", "issued_on"),
    "contract": ("party_a", "party_b", "amount_fen", "signed_on"),
    "iou": ("lender", "borrower", "amount_fen", "signed_on", "due_on"),
    "vat_invoice": ("invoice_number", "issued_on", "buyer", "seller", "amount_fen"),
    "bank_receipt": ("paid_on", "payer", "payee", "amount_fen"),
    "fee_notice": ("case_number", "court", "payer", "amount_fen"),
    "power_of_attorney": ("principal", "agent", "signed_on"),
    "delivery_receipt": ("case_number", "court", "addressee", "delivered_on"),
}

# Sensitive personal information (个人信息保护法 28) wherever it stands, and what identifies a person on a paper that
# exists to identify one.
SENSITIVE = frozenset({"id_number", "card_number", "payer_account", "payee_account"})
IDENTITY_KINDS = frozenset({"id_card_front", "id_card_back", "bank_card", "lawyer_licence"})
SENSITIVE_ON_IDENTITY = frozenset({"address", "birth_date", "licence_number"})


def label_of(name: str) -> str:
    return FIELD_LABELS.get(name, name)


def is_sensitive(kind: str, name: str) -> bool:
    return name in SENSITIVE or (kind in IDENTITY_KINDS and name in SENSITIVE_ON_IDENTITY)
