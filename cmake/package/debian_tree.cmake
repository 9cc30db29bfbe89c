# Before CPack packs the tree for Debian: what Debian has elsewhere, or compressed (Debian Policy 12.1, 12.5).
foreach(tree ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
  set(share ${tree}/usr/share)
  file(RENAME ${share}/zsh/site-functions ${share}/zsh/vendor-completions)
  file(GLOB pages ${share}/man/man1/*.1)
  execute_process(COMMAND gzip -9n ${pages} COMMAND_ERROR_IS_FATAL ANY)
  file(MAKE_DIRECTORY ${share}/doc/kernprof)
  configure_file(${CPACK_RESOURCE_FILE_LICENSE} ${share}/doc/kernprof/copyright COPYONLY)
endforeach()
