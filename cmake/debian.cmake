# `cpack -G DEB` in the build folder makes a package for Debian 12. Who makes it maintains it: DEBFULLNAME and DEBEMAIL, as Debian's
# own tools have it; else the last author of the sources.
if("$ENV{DEBEMAIL}" STREQUAL "")
  execute_process(COMMAND git -C ${CMAKE_SOURCE_DIR} log -1 "--format=%an <%ae>" OUTPUT_VARIABLE maintainer
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
elseif("$ENV{DEBEMAIL}" MATCHES "<" OR "$ENV{DEBFULLNAME}" STREQUAL "")
  set(maintainer "$ENV{DEBEMAIL}")
else()
  set(maintainer "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
endif()
if(NOT maintainer)
  set(maintainer "kernprof contributors") # of sources without a repository; the address is left to who packs them
endif()
set(CPACK_PACKAGE_VENDOR "kernprof")
set(CPACK_PACKAGE_CONTACT "${maintainer}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Counts how often each line of C and C++ functions runs, exactly, and
measures how long it takes: a compiler plugin, the program that runs and
joins, and what shows its profiles.")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/package/debian_tree.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/cmake/package/triggers)
# What the plugin for the newest LLVM is for; those for older ones have no use without their own clang.
set(versions ${kernprof_llvm_versions})
list(POP_BACK versions newest)
list(TRANSFORM versions PREPEND "clang-")
set(CPACK_DEBIAN_PACKAGE_DEPENDS "clang-${newest}, libc6-dev, libstdc++-12-dev | libstdc++-dev, binutils")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "gnuplot-nox | gnuplot, graphviz, less")
list(JOIN versions ", " versions)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "${versions}")
include(CPack)
