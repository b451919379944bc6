"""The keys that WeChat Pay's messages are proven with, kept current in this process."""

from miniprogram_api.pay import PayClient, PlatformCertificates
from server.wiring.core import Core
from server.worker import Tick
from services.payments.platform_certificates import CertificateWatch
from services.storage.platform_certificates import CertificateStore

SECONDS = 60.0


def keep_certificates(core: Core, pay: PayClient) -> Tick:
    """For every process: what one has fetched, all trust within a minute."""

    def tell_end(serial: str, ends: float) -> None:
        core.metrics.key_ends.labels(serial).set(ends)

    store = CertificateStore(core.database, core.vault, core.settings.pay_mchid)
    watch = CertificateWatch(PlatformCertificates(pay.door), pay.door.keys, store, tell_end, core.clock)
    return Tick("platform certificates", SECONDS, watch.tick)
