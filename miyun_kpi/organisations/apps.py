from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "miyun_kpi.organisations"
    label = "organisations"
    verbose_name = "机构"

    def ready(self) -> None:
        from miyun_kpi.acts.order import Rank, register_rank
        from miyun_kpi.gazette.registry import (
            register_citing,
            register_counter,
            register_finder,
            register_loader,
        )
        from miyun_kpi.organisations import (
            checks,  # noqa: F401 (checks register themselves)
            relations,
            sentences,
        )
        from miyun_kpi.organisations.citing import organisations_called, organisations_named_in
        from miyun_kpi.organisations.loaders import counts, load_organisations
        from miyun_kpi.organisations.models import Organisation
        from miyun_kpi.web.registry import register_place

        sentences.register()
        register_rank(Rank.ORGANISATION, Organisation)
        relations.register()
        register_place("organisations", "机构", order=920, address="/organisations/")
        register_loader("organisations", load_organisations, order=30)
        register_citing(organisations_named_in)
        register_counter(counts)
        register_finder(organisations_called)
