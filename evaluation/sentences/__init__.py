"""The acts of the evaluation as sentences of the audit: `acts` the sentences, `things` what they are about, `words` the rest."""


def register() -> None:
    from evaluation.sentences.acts import ACTS
    from evaluation.sentences.things import THINGS
    from evaluation.sentences.withheld import unfiled
    from evaluation.sentences.words import LABELS, WORDS
    from miyun_kpi.audit.sentences import register_sentences
    from miyun_kpi.audit.withheld import register_withheld

    register_withheld("evaluation.marks.saved", unfiled)
    register_sentences("evaluation", ACTS, labels=LABELS, words=WORDS, subjects=THINGS)
