"""Which tables a database has: asked of the migrations that were applied to it, not of today's program.

So a backup can be made with a program that is newer than its database, and restored with one that is newer still.
"""

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from .rows import tables_of


class TooNew(Exception):
    """The backup knows migrations that this program does not have."""


def applied():
    """[[app, name], …]. Of apps only that are installed: what others left behind is not the site's."""
    labels = {config.label for config in apps.get_app_configs()}
    nodes = MigrationExecutor(connection).loader.applied_migrations
    return sorted([label, name] for label, name in nodes if label in labels)


def heads(graph, nodes):
    """The last migrations of each app among `nodes`."""
    parents = {parent.key for node in nodes for parent in graph.node_map[node].parents if parent.key[0] == node[0]}
    return sorted(nodes - parents)


def tables_at(migrations):
    """{table: model} of the state after these migrations."""
    loader = MigrationExecutor(connection).loader
    nodes = known_nodes(loader, migrations)
    return tables_of(loader.project_state(heads(loader.graph, nodes)).apps)


def known_nodes(loader, migrations):
    nodes = {(label, name) for label, name in migrations}
    unknown = sorted(nodes - loader.disk_migrations.keys())
    if unknown:
        names = ", ".join(f"{label} {name}" for label, name in unknown[:5])
        raise TooNew(
            "Die Sicherung stammt von einer neueren Fassung des Programms. "
            f"Bitte spielen Sie erst diese Fassung ein. Hier fehlen: {names}"
        )
    return nodes & set(loader.graph.nodes)


def migrate_to(migrations):
    """An empty database gets exactly these, and nothing that follows a migration: no rights, no triggers."""
    executor = MigrationExecutor(connection)
    nodes = known_nodes(executor.loader, migrations)
    executor.recorder.ensure_schema()
    executor.migrate(heads(executor.loader.graph, nodes))
