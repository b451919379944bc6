"""Facts for the third part: places, names, firms and causes that neither of the other two draws from."""

from ocr_evaluation.facts import Facts


class OtherFacts(Facts):
    surnames = (
        *"黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐",
        "欧阳",
        "司马",
        "诸葛",
        "上官",
    )
    given = "建国志强秀兰桂芝德福永贵春生雪梅冬青一鸣若楠沐阳语桐锦程皓轩芷若清扬雨霏子墨承恩致远绍辉鹏飞翠莲"
    places = (
        ("120102", "天津市", "河东区", "津塘路", "津0102"),
        ("350203", "福建省厦门市", "思明区", "湖滨南路", "闽0203"),
        ("210102", "辽宁省沈阳市", "和平区", "三好街", "辽0102"),
        ("430104", "湖南省长沙市", "岳麓区", "麓山南路", "湘0104"),
        ("530102", "云南省昆明市", "五华区", "翠湖北路", "云0102"),
        ("340104", "安徽省合肥市", "蜀山区", "黄山路", "皖0104"),
        ("410105", "河南省郑州市", "金水区", "花园路", "豫0105"),
        ("450103", "广西壮族自治区南宁市", "青秀区", "民族大道", "桂0103"),
        ("220102", "吉林省长春市", "南关区", "人民大街", "吉0102"),
        ("360102", "江西省南昌市", "东湖区", "八一大道", "赣0102"),
    )
    trades = (
        "纺织品",
        "农业发展",
        "汽车销售",
        "医疗器械",
        "环保设备",
        "教育咨询",
        "食品",
        "新材料",
        "房地产开发",
        "广告",
    )
    brands = ("润泽", "百川", "嘉禾", "永兴", "蓝海", "长青", "鑫隆", "远航", "正泰", "普惠", "云帆", "卓越")
    banks = ("中国邮政储蓄银行", "浦发银行", "兴业银行", "中国民生银行", "平安银行", "华夏银行", "长沙银行")
    causes = (
        "承揽合同纠纷", "抚养费纠纷", "物业服务合同纠纷", "建设工程施工合同纠纷", "追索劳动报酬纠纷", "股权转让纠纷",
        "商品房预售合同纠纷", "法定继承纠纷",
    )  # fmt: skip
    firms = ("同衡", "浩成", "思辨", "信守", "君临", "至诚")

    def address(self, place: tuple[str, ...] | None = None) -> str:
        """Half of them in the country, half in a quarter with units."""
        place = place or self.rng.choice(self.places)
        if self.rng.random() < 0.5:
            town = self.rng.choice(("青山镇", "双河乡", "石桥镇", "龙泉街道"))
            village = self.rng.choice(("大湾村", "河西村", "杨树村"))
            return f"{place[1]}{place[2]}{town}{village}{self.number(1, 12)}组{self.number(1, 99)}号"
        house = f"{self.number(1, 560)}弄{self.number(1, 40)}号{self.number(1, 4)}单元"
        return f"{place[1]}{place[2]}{place[3]}{house}{self.number(1, 32)}0{self.number(1, 6)}"

    def company_name(self, place: tuple[str, ...]) -> str:
        city = place[1].split("省")[-1].split("自治区")[-1].removesuffix("市")
        tail = self.rng.choice(("有限责任公司", "股份有限公司", "有限公司", "（集团）有限公司"))
        return f"{city}{self.rng.choice(self.brands)}{self.rng.choice(self.trades)}{tail}"
