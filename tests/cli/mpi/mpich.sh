#!/usr/bin/env bash
# MPICH: ranks are known, each has its own profile, counts are those of its rows.
set -euo pipefail
source "$KP_TESTS/cli/mpi/common.sh"
check_mpi mpich MPICH_CC
