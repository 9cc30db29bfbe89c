#!/usr/bin/env bash
# Open MPI: ranks are known, each has its own profile, counts are those of its rows.
set -euo pipefail
source "$KP_TESTS/cli/mpi/common.sh"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
check_mpi openmpi OMPI_CC --oversubscribe
