"""The rules by which orders are settled (E3): data with versions, sent by ops and stored as it stands here."""

from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from schemas.api.base import Body, Moment, View

RuleId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.:-]{0,39}$")]
Title = Annotated[str, Field(min_length=1, max_length=40)]
Share = Annotated[int, Field(strict=True, ge=0, le=10_000, description="Hundredths of a per cent")]
Factor = Annotated[int, Field(strict=True, ge=0, le=20_000, description="10000 leaves the fee as it is")]
Amount = Annotated[int, Field(strict=True, ge=0, le=1_000_000_00)]


class ShareRule(Body):
    """The base fee: a share of what the order brought. The first rule that fits counts; None fits everything."""

    id: RuleId
    title: Title
    tariff: str | None = Field(None, max_length=40, description="Of the firm")
    kind: str | None = Field(None, max_length=40, description="Of the product")
    level: str | None = Field(None, max_length=20, description="Of the lawyer")
    share_bp: Share


class StarRule(Body):
    """What the client's stars make of the base fee."""

    stars: int = Field(strict=True, ge=1, le=5)
    factor_bp: Factor


class SubsidyRule(Body):
    """What the platform adds of its own; all that fit add up."""

    id: RuleId
    title: Title
    kind: str | None = Field(None, max_length=40)
    fen: Amount


class PenaltyRule(Body):
    """What is taken off. ``cause``: ``late:<code of the promise>``, or what a person imposes it for."""

    id: RuleId
    title: Title
    cause: str = Field(pattern=r"^[a-z][a-z_]*(:[a-z_]+)?$", max_length=60)
    share_bp: Share = Field(0, description="Of the base fee")
    fen: Amount = 0


class SettlementRules(Body):
    """One version. It counts for orders that are earned from ``effective_from`` on, for ever."""

    effective_from: Annotated[AwareDatetime, Field(description="RFC 3339")]
    earned_after_days: int = Field(
        7, strict=True, ge=0, le=60, description="A delivered order that nobody confirms or disputes is earned then"
    )
    shares: list[ShareRule] = Field(min_length=1, max_length=200)
    stars: list[StarRule] = Field(max_length=5)
    unrated_bp: Factor = 10_000
    subsidies: list[SubsidyRule] = Field([], max_length=100)
    penalties: list[PenaltyRule] = Field([], max_length=100)
    penalty_cap_bp: Share = Field(10_000, description="All penalties of an order together, of its base fee")

    @model_validator(mode="after")
    def _whole(self) -> "SettlementRules":
        last = self.shares[-1]
        if (last.tariff, last.kind, last.level) != (None, None, None):
            raise ValueError("最后一条分成规则必须适用于所有订单")
        if len({rule.stars for rule in self.stars}) != len(self.stars):
            raise ValueError("同一星级只能有一个系数")
        for rules in (self.shares, self.subsidies, self.penalties):
            ids = [rule.id for rule in rules]
            if len(set(ids)) != len(ids):
                raise ValueError("规则编号不能重复")
        return self


class SettlementRulesView(View):
    """A version as it is stored: never changed, never taken away."""

    version: int
    rules: SettlementRules
    digest: str
    created_at: Moment


class SettlementRulesList(View):
    """Newest first."""

    items: list[SettlementRulesView]
