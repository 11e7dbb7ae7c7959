from tests.evaluation.conftest import _demo_of_module, actor_for, demo, live_demo

__all__ = ["_demo_of_module", "actor_for", "demo", "live_demo"]
