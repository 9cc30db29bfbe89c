# What other projects find us by, in the build tree as in the installed one: nothing in it names a place.
include(CMakePackageConfigHelpers)
configure_file(cmake/package/kernprofConfig.cmake lib/cmake/kernprof/kernprofConfig.cmake COPYONLY)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/lib/cmake/kernprof/kernprofConfigVersion.cmake
  COMPATIBILITY SameMajorVersion)
configure_file(cmake/package/kernprof.pc.in lib/pkgconfig/kernprof.pc @ONLY)
install(DIRECTORY ${CMAKE_BINARY_DIR}/lib/cmake ${CMAKE_BINARY_DIR}/lib/pkgconfig DESTINATION lib)
