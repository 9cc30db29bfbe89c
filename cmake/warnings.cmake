# Warnings for all of our code, and the sanitizers of the presets.
set(kernprof_warnings -Wall -Wextra)
set(KERNPROF_SANITIZE "" CACHE STRING "Sanitizers of the tools, as after -fsanitize=")
set(kernprof_sanitizers "")
if(KERNPROF_SANITIZE)
  set(kernprof_sanitizers -fsanitize=${KERNPROF_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
endif()
