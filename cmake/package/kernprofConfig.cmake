# find_package(kernprof): the library and header as kernprof::kernprof, the program as kernprof_EXECUTABLE, and
#
#   kernprof_instrument(TARGET ... [ALL] [FUNCTIONS GLOB ...] [FILES GLOB ...])
#
# compiles the sources of the targets with `kernprof cc` and `kernprof c++`, whatever the project's compiler is, and links
# the runtime: functions annotated with KP_PROFILE, all of them, or those that match a pattern, can then be profiled.
get_filename_component(kernprof_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(kernprof_EXECUTABLE "${kernprof_PREFIX}/bin/kernprof")
set(kernprof_INCLUDE_DIR "${kernprof_PREFIX}/include")

if(NOT TARGET kernprof::kernprof)
  add_library(kernprof::kernprof STATIC IMPORTED)
  set_target_properties(kernprof::kernprof PROPERTIES
    IMPORTED_LOCATION "${kernprof_PREFIX}/lib/libkernprof.a"
    INTERFACE_INCLUDE_DIRECTORIES "${kernprof_INCLUDE_DIR}")
endif()

function(kernprof_instrument)
  cmake_parse_arguments(arg "ALL" "" "TARGET;FUNCTIONS;FILES" ${ARGN})
  set(targets ${arg_UNPARSED_ARGUMENTS} ${arg_TARGET})
  if(NOT targets)
    message(FATAL_ERROR "kernprof_instrument: no target is named")
  endif()
  set(options "")
  if(arg_ALL)
    list(APPEND options -fkernprof-all)
  endif()
  foreach(kind FUNCTIONS FILES)
    if(arg_${kind})
      string(TOLOWER ${kind} name)
      string(REPLACE ";" "," globs "${arg_${kind}}")
      list(APPEND options "-fkernprof-${name}=${globs}")
    endif()
  endforeach()
  foreach(target ${targets})
    if(NOT TARGET ${target})
      message(FATAL_ERROR "kernprof_instrument: ${target} is no target of this project")
    endif()
    set_target_properties(${target} PROPERTIES
      C_COMPILER_LAUNCHER "${kernprof_EXECUTABLE};cc;--instead-of"
      CXX_COMPILER_LAUNCHER "${kernprof_EXECUTABLE};c++;--instead-of")
    # Only C and C++ know the options. Properties, as the project may use either signature of target_link_libraries.
    set_property(TARGET ${target} APPEND PROPERTY COMPILE_OPTIONS "$<$<COMPILE_LANGUAGE:C,CXX>:${options}>")
    set_property(TARGET ${target} APPEND PROPERTY INCLUDE_DIRECTORIES "${kernprof_INCLUDE_DIR}")
    set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES kernprof::kernprof)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "STATIC_LIBRARY" OR type STREQUAL "OBJECT_LIBRARY")
      set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES "$<LINK_ONLY:kernprof::kernprof>")
    endif()
  endforeach()
endfunction()
