"""The people of the demo office. Names, numbers and licences are invented."""

from dataclasses import dataclass

from schemas.api.firms import FirmBody
from schemas.api.lawyers import LawyerProfile
from schemas.enums import Role


@dataclass(frozen=True, slots=True)
class DemoClient:
    openid: str
    phone: str
    display_name: str


@dataclass(frozen=True, slots=True)
class DemoStaff:
    login: str
    display_name: str
    roles: tuple[Role, ...]
    profile: LawyerProfile | None = None
    on_duty: bool = False
    # Lawyers of the demo sign in with a password alone, so that a newcomer gets in with one tap; support and
    # ops show the second factor. Real staff accounts always have one.
    second_factor: bool = False


CLIENTS = (
    DemoClient("oDEMO-client-wang-0000000001", "13800000001", "王晓"),
    DemoClient("oDEMO-client-chen-0000000002", "13800000002", "陈立"),
    DemoClient("oDEMO-client-zhao-0000000003", "13800000003", "赵敏"),
)

_FIRM = "明理律师事务所（演示）"
# The firm that is owed what the demo lawyers earn; the code is invented, and right by its check character.
FIRM = FirmBody(name=_FIRM, credit_code="31310000MD0123456H")

STAFF = (
    DemoStaff(
        "lawyer.li",
        "李律师",
        (Role.LAWYER,),
        LawyerProfile(
            firm=_FIRM,
            licence_number="13101202010000001",
            areas=["婚姻家事", "劳动工伤", "借贷纠纷"],
            region="上海",
            years=9,
            level="高级",
            rating=4.9,
            served=312,
            service_hours="每天 9:00–21:00",
            promises=["24 小时内答复", "不满意可申请退款"],
            introduction="专注民事争议解决，擅长把复杂的法律问题讲清楚。",
        ),
    ),
    DemoStaff(
        "lawyer.zhou",
        "周律师",
        (Role.LAWYER,),
        LawyerProfile(
            firm=_FIRM,
            licence_number="13101201510000002",
            areas=["房产", "公司经营", "合同"],
            region="上海",
            years=12,
            level="合伙人",
            rating=4.8,
            served=540,
            service_hours="工作日 9:00–18:00",
            promises=["合同 48 小时内审完"],
            introduction="公司与房产领域，常年为企业提供合同服务。",
        ),
    ),
    DemoStaff("support.lin", "客服小林", (Role.SUPPORT,), on_duty=True, second_factor=True),
    # who hold hearings; they are in no case's space
    DemoStaff("judge.chen", "陈审判员", (Role.PRESIDER,)),
    DemoStaff("clerk.wu", "吴书记员", (Role.CLERK,)),
    DemoStaff("ops.he", "运营小何", (Role.OPS,), second_factor=True),
    # statements are approved by two different people
    DemoStaff("ops.sun", "运营小孙", (Role.OPS,), second_factor=True),
)
