# kernprof_embed(OUT NAME FILE): a C file that defines the string NAME with FILE's text.
function(kernprof_embed out name file)
  set(script ${CMAKE_SOURCE_DIR}/cmake/embed_script.cmake)
  add_custom_command(OUTPUT ${out} DEPENDS ${CMAKE_SOURCE_DIR}/${file} ${script}
    COMMAND ${CMAKE_COMMAND} -DIN=${CMAKE_SOURCE_DIR}/${file} -DOUT=${out} -DNAME=${name} -P ${script})
endfunction()
