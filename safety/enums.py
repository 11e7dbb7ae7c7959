from miyun_kpi.lib.citations import document_of

DOCUMENT = document_of("safety")
