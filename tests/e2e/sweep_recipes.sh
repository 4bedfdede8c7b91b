#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The recipes of docs/sweep.md as they stand there hold, after the merge, what one sweep holds: shards by GNU parallel; the Slurm array
# task by task, and under slurmctld and slurmd of its own; MPI on this host, and across two network namespaces (as root).
# Debian: parallel, slurm-wlm and munge, openmpi-bin and python3-mpi4py, iproute2.  What is missing is skipped and said.
# usage: sweep_recipes.sh TRICYCLE SOURCE_DIR
tricycle=$(realpath "$1")
source=$(realpath "$2")
scratch=$(mktemp -d)
daemons=""
clean_up() {
  for pid in $daemons; do kill "$pid" 2>/dev/null; done
  wait
  ip netns del tricycle_a 2>/dev/null
  ip netns del tricycle_b 2>/dev/null
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 1' INT TERM
cd "$scratch" || exit 1
chmod 755 "$scratch"
PATH=$(dirname "$tricycle"):$PATH
failures=0
skipped=0

fail() {
  echo "FAILED: $1"
  failures=$((failures + 1))
}
skip() {
  echo "SKIPPED: $1"
  skipped=$((skipped + 1))
}
have() { command -v "$1" >/dev/null; }

recipe() { # NAME FILE: the lines of the block behind the marker
  awk -v marker="<!-- recipe $1 -->" '$0 == marker {found = 1} found && /^```$/ {exit} inside {print} found && /^```[a-z]+$/ {inside = 1}' \
    "$source/docs/sweep.md" >"$2"
  [ -s "$2" ] || fail "no recipe $1 in docs/sweep.md"
}

whole_is() { # store, what made it
  tricycle export "$1" >"$1.csv" && cmp -s whole.csv "$1.csv" && echo "ok: $2" || fail "$2: not what one sweep holds"
}
merged_is() { # folder of stores, what made them
  rm -f grid.sqlite
  tricycle merge "$1"/*.sqlite --into grid.sqlite >/dev/null && whole_is grid.sqlite "$2"
  rm -rf "$1" grid.sqlite
}

with_parallel() {
  have parallel || { skip "GNU parallel is not installed"; return; }
  recipe parallel parallel.sh
  sh -e ./parallel.sh >/dev/null && whole_is grid.sqlite "GNU parallel"
  rm -rf shards grid.sqlite
}

array_by_hand() {
  recipe slurm slurm.sh
  for task in 1 2 3 4; do
    SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=4 SLURM_CPUS_PER_TASK=1 sh -e ./slurm.sh >/dev/null || fail "Slurm task $task"
  done
  merged_is shards "the body of the Slurm array"
}

slurm_conf() { # a cluster of this host alone, with a munge of its own
  mkdir -p slurm/state slurm/spool munge
  chmod 755 slurm munge
  dd if=/dev/urandom of=munge/key bs=128 count=1 2>/dev/null
  chmod 600 munge/key
  host=$(hostname -s)
  cat >slurm/slurm.conf <<END
ClusterName=tricycle
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$scratch/munge/socket
CredType=cred/munge
StateSaveLocation=$scratch/slurm/state
SlurmdSpoolDir=$scratch/slurm/spool
SlurmctldPidFile=$scratch/slurm/ctld.pid
SlurmdPidFile=$scratch/slurm/d.pid
SlurmctldLogFile=$scratch/slurm/ctld.log
SlurmdLogFile=$scratch/slurm/d.log
SlurmctldPort=16817
SlurmdPort=16818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES State=UP
END
}

under_slurm() {
  have slurmctld && have slurmd && have sbatch && have munged || { skip "Slurm is not installed (slurm-wlm, munge)"; return; }
  [ "$(id -u)" = 0 ] || { skip "a Slurm of its own needs root"; return; }
  slurm_conf
  munged --foreground --force --key-file="$scratch/munge/key" --socket="$scratch/munge/socket" --pid-file="$scratch/munge/pid" \
    --log-file="$scratch/munge/log" --seed-file="$scratch/munge/seed" >/dev/null 2>&1 &
  daemons="$daemons $!"
  export SLURM_CONF="$scratch/slurm/slurm.conf"
  slurmctld -D -f "$SLURM_CONF" >/dev/null 2>&1 &
  daemons="$daemons $!"
  sleep 1
  slurmd -D -f "$SLURM_CONF" >/dev/null 2>&1 &
  daemons="$daemons $!"
  ready=0
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ "$(sinfo -h -o %T 2>/dev/null)" = idle ] && { ready=1; break; }
    sleep 1
  done
  if [ $ready = 0 ]; then
    skip "Slurm does not start here: $(sinfo -h -o '%T %E' 2>&1 | head -1) $(tail -1 slurm/d.log 2>/dev/null)"
    return
  fi
  sbatch --wait --output=/dev/null --export=ALL slurm.sh >/dev/null && merged_is shards "a Slurm array of 4 tasks, by sbatch" || fail "sbatch"
}

mpi_python() { # Debian's, where the first python3 has no mpi4py
  for python in python3 /usr/bin/python3; do
    $python -c "import mpi4py" 2>/dev/null && { echo $python; return; }
  done
}

with_mpi() {
  python=$(mpi_python)
  have mpirun && [ -n "$python" ] || { skip "MPI is not installed (openmpi-bin, python3-mpi4py)"; return; }
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  recipe mpi sweep_mpi.py
  mpirun --oversubscribe -n 4 "$python" sweep_mpi.py grid.yaml 5 || fail "mpirun"
  [ "$(wc -l <ranks/done.log)" = 5 ] || fail "MPI: five parts are dealt, each once"
  merged_is ranks "MPI, a master and three workers"
  [ "$(id -u)" = 0 ] && have ip || { skip "network namespaces need root and iproute2"; return; }
  across_namespaces
}

across_namespaces() {
  if ! { ip netns add tricycle_a && ip netns add tricycle_b && ip link add tri_a netns tricycle_a type veth peer name tri_b netns tricycle_b; } 2>netns.log; then
    skip "no network namespaces here: $(head -1 netns.log)"
    return
  fi
  for end in a:1 b:2; do
    ip -n "tricycle_${end%:*}" addr add "10.77.0.${end#*:}/24" dev "tri_${end%:*}"
    ip -n "tricycle_${end%:*}" link set "tri_${end%:*}" up
    ip -n "tricycle_${end%:*}" link set lo up
  done
  # What stands for ssh: a shell in the other namespace.
  printf '#!/bin/sh\nshift\nexec ip netns exec tricycle_b sh -c "$*"\n' >agent
  chmod 755 agent
  ip netns exec tricycle_a mpirun -H 10.77.0.1:2,10.77.0.2:2 -n 4 --mca plm_rsh_agent "$scratch/agent" --mca btl tcp,self \
    --mca btl_tcp_if_include 10.77.0.0/24 --mca oob_tcp_if_include 10.77.0.0/24 -x PATH \
    sh -c 'ip netns identify >>namespaces; exec "$0" sweep_mpi.py grid.yaml 5' "$python" || fail "mpirun across namespaces"
  [ "$(sort -u namespaces | tr '\n' ' ')" = "tricycle_a tricycle_b " ] || fail "ranks ran in $(sort -u namespaces | tr '\n' ' ')"
  merged_is ranks "MPI across two network namespaces"
}

cat >grid.yaml <<END
name: recipes
machine: $source/hwconfigs/edge_16x16.yaml
problem: $source/workloads/problems/iid_c16.yaml
axes:
  - algorithm: [neumann_masked, block_doubling]
  - sequencer.token_latency: [0, 8, 16, 24, 32]
END
tricycle sweep grid.yaml --store whole.sqlite >/dev/null || exit 1
tricycle export whole.sqlite >whole.csv
with_parallel
array_by_hand
under_slurm
with_mpi
[ $failures -eq 0 ] && echo "recipes: ok, $skipped skipped"
exit $failures
