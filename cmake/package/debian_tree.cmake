# Before CPack packs the tree for Debian: what Debian has elsewhere, or compressed (Debian Policy 12.1, 12.5, 12.7).
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH, if it is set
foreach(tree ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
  set(share ${tree}/usr/share)
  file(RENAME ${share}/zsh/site-functions ${share}/zsh/vendor-completions)
  file(RENAME ${tree}/usr/lib/pkgconfig ${share}/pkgconfig)
  file(GLOB pages ${share}/man/man1/*.1)
  execute_process(COMMAND gzip -9n ${pages} COMMAND_ERROR_IS_FATAL ANY)
  file(MAKE_DIRECTORY ${share}/doc/kernprof)
  configure_file(${CPACK_RESOURCE_FILE_LICENSE} ${share}/doc/kernprof/copyright COPYONLY)
  file(WRITE ${share}/doc/kernprof/changelog "kernprof (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Packed from the sources of version ${CPACK_PACKAGE_VERSION}.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
  execute_process(COMMAND gzip -9n ${share}/doc/kernprof/changelog COMMAND_ERROR_IS_FATAL ANY)
  file(MAKE_DIRECTORY ${share}/lintian/overrides)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/overrides ${share}/lintian/overrides/kernprof COPYONLY)
endforeach()
