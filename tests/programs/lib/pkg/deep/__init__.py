from .. import version as parent_version
from ..sub import same
from . import leaf
