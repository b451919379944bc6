"""The rules that an office begins with. Ops add versions of their own; this one is stored as the first."""

from datetime import UTC, datetime

from schemas.api.settlement_rules import PenaltyRule, SettlementRules, ShareRule, StarRule

STANDARD = SettlementRules(
    effective_from=datetime(2026, 1, 1, tzinfo=UTC),
    earned_after_days=7,
    shares=[
        ShareRule(id="partner", title="合伙人分成", level="合伙人", share_bp=7_500),
        ShareRule(id="consultation", title="咨询类分成", kind="consultation", share_bp=6_000),
        ShareRule(id="standard", title="标准分成", share_bp=7_000),
    ],
    stars=[
        StarRule(stars=5, factor_bp=11_000),
        StarRule(stars=4, factor_bp=10_000),
        StarRule(stars=3, factor_bp=9_000),
        StarRule(stars=2, factor_bp=7_000),
        StarRule(stars=1, factor_bp=5_000),
    ],
    unrated_bp=10_000,
    subsidies=[],
    penalties=[
        PenaltyRule(id="late_accept", title="接单超时", cause="late:accept", share_bp=500),
        PenaltyRule(id="late_delivery", title="交付超时", cause="late:deliver", share_bp=1_000),
        PenaltyRule(id="complaint", title="投诉成立", cause="complaint", share_bp=3_000),
        PenaltyRule(id="breach", title="违反平台规则", cause="breach", share_bp=2_000),
    ],
    penalty_cap_bp=5_000,
)
