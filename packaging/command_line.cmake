# SPDX-License-Identifier: Apache-2.0
# Writes the program's manual page and completions.  -DTRICYCLE=PROGRAM -DPAGE=FILE.gz -DCOMPLETIONS=FOLDER
file(MAKE_DIRECTORY ${COMPLETIONS})
execute_process(COMMAND ${TRICYCLE} man COMMAND gzip -n -9 -c OUTPUT_FILE ${PAGE} COMMAND_ERROR_IS_FATAL ANY)
foreach(shell bash zsh fish)
  execute_process(COMMAND ${TRICYCLE} completion ${shell} OUTPUT_FILE ${COMPLETIONS}/tricycle.${shell} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
