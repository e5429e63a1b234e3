from __future__ import absolute_import

# flake8: noqa

# import apis into api package
from orglink.api.acc_api import AccApi
from orglink.api.comanage_api import ComanageApi
from orglink.api.cux_api import CuxApi
from orglink.api.responsys_api import ResponsysApi
from orglink.api.svi_api import SviApi
from orglink.api.workbench_api import WorkbenchApi
