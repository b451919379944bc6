"""Facts for the eighth part: places, names, firms, banks and causes that no part before it draws from."""

from ocr_evaluation.facts import Facts

_HOUSES = (
    "{a}弄{b}支弄{c}号{d}室",
    "{a}号万科城{b}期{c}座{d}",
    "{a}号{b}幢{c}单元{d}室",
    "{a}号",
    "{a}号滨江府{b}号楼{c}门{d}号",
)
_VILLAGES = ("沙河镇前进村", "芦塘乡石门坎村", "新市街道下洋社区", "三江镇柏树湾村")
_NAMES = (
    "{city}{brand}{trade}有限公司",
    "{brand}{trade}（{city}）有限公司",
    "{city}市{brand}{trade}有限责任公司",
    "{city}{brand}{trade}股份有限公司",
)


class EighthFacts(Facts):
    surnames = (*"麻桑桂濮牟谷宫宓班仰巫焉糜井富乌巴弓牧隗山谌冷佘佴伯岳帅缑亢况后有琴商墨哈谯年阳", "皇甫", "宇文")
    given = "荷花铁柱思齐望舒庭芳茂盛立夏明月春桃新民安邦子衿以沫允之成业广源秋实碧云小满俊杰万里其瑞长生曼青如松"
    places = (
        ("110105", "北京市", "朝阳区", "望京西路", "京0105"),
        ("310112", "上海市", "闵行区", "七莘路", "沪0112"),
        ("120116", "天津市", "滨海新区", "黄海路", "津0116"),
        ("500109", "重庆市", "北碚区", "云清路", "渝0109"),
        ("320211", "江苏省无锡市", "滨湖区", "蠡湖大道", "苏0211"),
        ("440402", "广东省珠海市", "香洲区", "人民东路", "粤0402"),
        ("330782", "浙江省", "义乌市", "稠城街道工人北路", "浙0782"),
        ("370602", "山东省烟台市", "芝罘区", "南大街", "鲁0602"),
        ("130203", "河北省唐山市", "路北区", "友谊路", "冀0203"),
        ("210211", "辽宁省大连市", "甘井子区", "华北路", "辽0211"),
        ("430408", "湖南省衡阳市", "蒸湘区", "解放大道", "湘0408"),
        ("450304", "广西壮族自治区桂林市", "象山区", "崇信路", "桂0304"),
        ("340202", "安徽省芜湖市", "镜湖区", "长江中路", "皖0202"),
        ("360702", "江西省赣州市", "章贡区", "红旗大道", "赣0702"),
        ("532901", "云南省", "大理市", "下关街道建设路", "云2901"),
        ("511923", "四川省", "平昌县", "江口街道新平街", "川1923"),
    )
    trades = ("模具", "冷链物流", "新能源科技", "酒店管理", "粮油贸易", "幕墙工程", "日用品", "信息咨询", "石材")
    brands = ("昌盛隆", "云岭", "百盈", "三和", "骏业", "绿洲", "汇通源", "好又多", "宝昌", "拓普", "一方")
    banks = (
        "杭州银行",
        "成都银行",
        "青岛银行",
        "重庆农村商业银行",
        "桂林银行",
        "中原银行",
        "盛京银行",
        "上海农商银行",
    )
    causes = (
        "不当得利纠纷", "追偿权纠纷", "劳务合同纠纷", "排除妨害纠纷", "生命权、身体权、健康权纠纷",
        "分期付款买卖合同纠纷",
        "加工合同纠纷", "同居关系析产纠纷", "农村土地承包合同纠纷", "教育培训合同纠纷",
    )  # fmt: skip
    firms = ("锦天", "百君", "联合", "欣欣", "凯歌", "华忠", "金鼎")

    def address(self, place: tuple[str, ...] | None = None) -> str:
        """A quarter of them in villages without a street, the others in houses as five places number them."""
        place = place or self.rng.choice(self.places)
        if self.rng.random() < 0.25:
            return f"{place[1]}{place[2]}{self.rng.choice(_VILLAGES)}{self.number(1, 14)}社{self.number(2, 160)}号"
        house = self.rng.choice(_HOUSES).format(
            a=self.number(6, 1880), b=self.number(1, 9), c=self.number(1, 12), d=self.number(1, 26) * 100 + 2
        )
        return f"{place[1]}{place[2]}{place[3]}{house}"

    def company_name(self, place: tuple[str, ...]) -> str:
        return self.rng.choice(_NAMES).format(
            brand=self.rng.choice(self.brands), city=self.city(place), trade=self.rng.choice(self.trades)
        )

    def firm(self) -> str:
        province = self.rng.choice(self.places)[1]
        head = province.split("省")[0].removesuffix("市").split("壮族")[0]
        return f"{head}{self.rng.choice(self.firms)}律师事务所"

    @staticmethod
    def city(place: tuple[str, ...]) -> str:
        """唐山 of 河北省唐山市, 平昌 of 四川省 and 平昌县."""
        city = place[1].split("省")[-1].split("自治区")[-1] or place[2]
        return city.removesuffix("市").removesuffix("县")
