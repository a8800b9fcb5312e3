import os, pytest
pytest_plugins = ["tests.world"]
@pytest.fixture(scope="session")
def database_url():
    return "host=/tmp/scratch user=dossier dbname=" + os.environ.get("SCRATCH_DB", "t1")
