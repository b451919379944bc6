"""Facts for the fourth part: places, names, firms and causes that the other three do not draw from."""

from collections.abc import Sequence

from ocr_evaluation.facts import Facts


class FourthFacts(Facts):
    surnames: Sequence[str] = (
        *"石崔钱雷贺苗耿葛包单霍柯祝娄邬臧童阮蒲费岑狄米贝明臧计伏成戚谈茅",
        "夏侯",
        "公孙",
        "尉迟",
    )
    given: Sequence[str] = (
        "世荣传芳守义仁宝根树林月娥巧云银花金凤小兵卫东学勤振华耀祖冠宇可心一诺奕辰梦洁千寻慧敏宗泽启航"
    )
    places: Sequence[tuple[str, ...]] = (
        ("150102", "内蒙古自治区呼和浩特市", "新城区", "海拉尔东街", "内0102"),
        ("650102", "新疆维吾尔自治区乌鲁木齐市", "天山区", "解放南路", "新0102"),
        ("640104", "宁夏回族自治区银川市", "兴庆区", "凤凰北街", "宁0104"),
        ("130102", "河北省石家庄市", "长安区", "建华南大街", "冀0102"),
        ("140105", "山西省太原市", "小店区", "平阳路", "晋0105"),
        ("230103", "黑龙江省哈尔滨市", "南岗区", "果戈里大街", "黑0103"),
        ("330282", "浙江省", "慈溪市", "浒山街道寺山路", "浙0282"),
        ("320583", "江苏省", "昆山市", "玉山镇前进中路", "苏0583"),
        ("441900", "广东省", "东莞市", "南城街道鸿福路", "粤1971"),
        ("460106", "海南省海口市", "龙华区", "金贸西路", "琼0106"),
    )
    trades: Sequence[str] = (
        "五金机电",
        "供应链管理",
        "园林绿化",
        "混凝土",
        "人力资源",
        "服饰",
        "水产养殖",
        "网络技术",
        "检测技术",
    )
    brands: Sequence[str] = (
        "聚贤",
        "万通",
        "泰和",
        "四季春",
        "大地",
        "中联",
        "飞鹿",
        "红石",
        "同心",
        "北辰",
        "亿品",
        "安居",
    )
    banks: Sequence[str] = (
        "中国光大银行",
        "广发银行",
        "宁波银行",
        "江苏银行",
        "北京银行",
        "上海浦东发展银行",
        "昆仑银行",
    )
    causes: Sequence[str] = (
        "确认合同无效纠纷", "健康权纠纷", "房屋买卖合同纠纷", "经济补偿金纠纷", "供用热力合同纠纷", "相邻关系纠纷",
        "民间借贷纠纷", "合伙合同纠纷", "装饰装修合同纠纷",
    )  # fmt: skip
    firms: Sequence[str] = ("安邦", "法大", "融智", "永衡", "方圆", "中豪")

    def address(self, place: tuple[str, ...] | None = None) -> str:
        place = place or self.rng.choice(self.places)
        house = self.rng.choice(
            (
                f"{self.number(1, 300)}-{self.number(1, 20)}号",
                (
                    f"{self.number(2, 90)}号阳光花园{self.number(1, 30)}幢{self.number(1, 3)}单元"
                    f"{self.number(101, 1802)}室"
                ),
                (
                    f"{self.number(2, 400)}号院{self.number(1, 9)}号楼{self.number(1, 5)}门{self.number(1, 6)}0"
                    f"{self.number(1, 4)}"
                ),
            )
        )
        return f"{place[1]}{place[2]}{place[3]}{house}"

    def company_name(self, place: tuple[str, ...]) -> str:
        city = place[2].removesuffix("市") if place[2].endswith("市") else place[1].split("区")[-1].split("省")[-1]
        tail = self.rng.choice(("有限公司", "有限公司", "厂", "经营部", "股份有限公司", "有限公司昆山分公司"))
        return f"{city.removesuffix('市')}{self.rng.choice(self.brands)}{self.rng.choice(self.trades)}{tail}"

    def court(self) -> tuple[str, str]:
        """District courts, courts of whole cities, and one of a railway."""
        if self.rng.random() < 0.25:
            return self.rng.choice(
                (("河北省石家庄市中级人民法院", "冀01"), ("哈尔滨铁路运输法院", "黑7101"), ("上海知识产权法院", "沪73"))
            )
        return super().court()
