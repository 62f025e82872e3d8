"""PostgreSQL and Valkey from wheels, kept up by our own process (OPS-1).

`python -m earlyhelp.embedded exec [--test] -- COMMAND` runs a command with both servers up;
`python -m earlyhelp.embedded up [--test]` keeps them up until Ctrl-C. Neither needs Django.
"""

from .problems import Problem
from .servers import Servers, default_root, own_servers_are_given, running

__all__ = ["Problem", "Servers", "default_root", "own_servers_are_given", "running"]
