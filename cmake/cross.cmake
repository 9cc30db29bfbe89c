# KERNPROF_TARGETS: triples that `kernprof cc --target=TRIPLE` can link programs for as well, for each of which the runtime is
# built by clang into lib/kernprof/ARCHITECTURE. memprof's interposer is not.
set(KERNPROF_TARGETS "" CACHE STRING "other machines to build the runtime for, such as aarch64-linux-gnu")
foreach(triple ${KERNPROF_TARGETS})
  string(REGEX REPLACE "-.*" "" architecture ${triple})
  list(GET kernprof_llvm_versions -1 version)
  find_program(cross_clang clang-${version} REQUIRED)
  find_program(cross_ar llvm-ar-${version} REQUIRED)
  set(folder ${CMAKE_BINARY_DIR}/lib/kernprof/${architecture})
  set(objects "")
  foreach(source ${runtime_sources})
    get_filename_component(name ${source} NAME_WE)
    set(object ${CMAKE_BINARY_DIR}/cross/${triple}/${name}.o)
    set(options "")
    if(name STREQUAL sample_handler)
      set(options ${handler_options})
      if(architecture STREQUAL aarch64)
        list(APPEND options -mno-outline-atomics)
      endif()
    endif()
    add_custom_command(OUTPUT ${object}
      COMMAND ${cross_clang} --target=${triple} -std=c11 -O2 -g -fPIC -fvisibility=hidden -D_GNU_SOURCE -I${CMAKE_SOURCE_DIR}
              -Wall -Wextra ${options} -MD -MF ${object}.d -c ${source} -o ${object}
      DEPENDS ${source} DEPFILE ${object}.d)
    list(APPEND objects ${object})
  endforeach()
  file(MAKE_DIRECTORY ${folder} ${CMAKE_BINARY_DIR}/cross/${triple})
  add_custom_command(OUTPUT ${folder}/libkernprof.a
    COMMAND ${CMAKE_COMMAND} -E rm -f ${folder}/libkernprof.a
    COMMAND ${cross_ar} rcs ${folder}/libkernprof.a ${objects} DEPENDS ${objects})
  add_custom_target(runtime-${triple} ALL DEPENDS ${folder}/libkernprof.a)
  install(FILES ${folder}/libkernprof.a DESTINATION lib/kernprof/${architecture})
endforeach()
