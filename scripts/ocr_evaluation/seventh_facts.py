"""Facts for the seventh part: places, names, firms, banks and causes that no part before it draws from."""

from ocr_evaluation.facts import Facts

_HOUSES = (
    "{a}号锦江苑{b}栋{c}单元{d}室",
    "{a}号附{c}号",
    "{a}巷{b}号{d}房",
    "{a}号御景城{b}-{c}-{d}",
    "{a}号{b}座{d}",
)
_NAMES = ("{brand}（{city}）{trade}有限公司", "{city}市{brand}{trade}有限公司", "{city}{brand}{trade}有限责任公司")


class SeventhFacts(Facts):
    surnames = (*"聂佟褚卫蔚骆阙沙敖柴裘连游盛车祁项屈辛仇荀巩匡扶晏饶蓝詹甄滕鄢宁甘解古", "慕容", "东方", "令狐")
    given = "亚楠鸿宾淑贞少华爱民晓峰玉珍占魁雅琴向阳继红润生其昌美玲素芬佩瑜星河嘉懿沛霖熙妍亦凡卓然瑞霞汉卿胜利"
    places = (
        ("520102", "贵州省贵阳市", "南明区", "遵义路", "黔0102"),
        ("620102", "甘肃省兰州市", "城关区", "张掖路", "甘0102"),
        ("630104", "青海省西宁市", "城西区", "五四西路", "青0104"),
        ("370102", "山东省济南市", "历下区", "泺源大街", "鲁0102"),
        ("320506", "江苏省苏州市", "吴中区", "宝带东路", "苏0506"),
        ("330212", "浙江省宁波市", "鄞州区", "百丈东路", "浙0212"),
        ("350502", "福建省泉州市", "鲤城区", "温陵北路", "闽0502"),
        ("440606", "广东省佛山市", "顺德区", "大良街道凤山中路", "粤0606"),
        ("510703", "四川省绵阳市", "涪城区", "临园路东段", "川0703"),
        ("410305", "河南省洛阳市", "涧西区", "南昌路", "豫0305"),
        ("430121", "湖南省", "长沙县", "星沙街道开元路", "湘0121"),
        ("420502", "湖北省宜昌市", "西陵区", "东山大道", "鄂0502"),
    )
    trades = ("精密机械", "商业管理", "茶业", "家具", "劳务", "消防工程", "国际货运代理", "口腔门诊部", "光电科技")
    brands = ("兆丰", "合景", "新纪元", "雅居", "德邻", "中恒", "隆基", "凯撒", "禾田", "顺意")
    banks = ("恒丰银行", "浙商银行", "渤海银行", "上海银行", "南京银行", "徽商银行", "广州银行")
    causes = (
        "信用卡纠纷", "金融借款合同纠纷", "运输合同纠纷", "委托合同纠纷", "赡养纠纷", "保证合同纠纷",
        "网络侵权责任纠纷", "财产损害赔偿纠纷", "中介合同纠纷",
    )  # fmt: skip
    firms = ("天驰", "观恒", "泽大", "海峡", "星辰", "尚公")

    def address(self, place: tuple[str, ...] | None = None) -> str:
        """A third of them in villages, the others in houses as six places number them."""
        place = place or self.rng.choice(self.places)
        if self.rng.random() < 0.33:
            village = self.rng.choice(("龙潭镇朝阳村", "云溪乡白马村", "太平街道杏花村"))
            return f"{place[1]}{place[2]}{village}第{self.rng.choice('一二三四五六')}村民小组{self.number(2, 130)}号"
        house = self.rng.choice(_HOUSES).format(
            a=self.number(3, 480), b=self.number(1, 22), c=self.number(1, 4), d=self.number(1, 28) * 100 + 3
        )
        return f"{place[1]}{place[2]}{place[3]}{house}"

    def company_name(self, place: tuple[str, ...]) -> str:
        city = (place[1].split("省")[-1] or place[2]).removesuffix("市").removesuffix("县")
        return self.rng.choice(_NAMES).format(
            brand=self.rng.choice(self.brands), city=city, trade=self.rng.choice(self.trades)
        )

    def firm(self) -> str:
        """Named after a province, as most are, or the branch of one in Beijing."""
        province, _, city = self.rng.choice(self.places)[1].partition("省")
        name = self.rng.choice(self.firms)
        branch = f"北京{name}（{(city or province).removesuffix('市')}）律师事务所"
        return self.rng.choice((f"{province}{name}律师事务所", branch))
