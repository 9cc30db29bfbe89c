# The template of `kernprof view --html`, bundled by Node.js from viewer/web/ and compiled in as kp_page_template. Without
# Node.js, or where its packages cannot be had, the string is empty and --html says what to install.
file(GLOB page_sources CONFIGURE_DEPENDS viewer/web/*.js viewer/web/*.css viewer/web/*.html viewer/web/*.json
     viewer/web/bundle.mjs viewer/web/.npmrc)
set(page_folder ${CMAKE_BINARY_DIR}/web)
set(page_template ${page_folder}/page.html)
option(KERNPROF_PAGE "Bundle the page of view --html, where Node.js and npm are installed" ON)
find_program(KERNPROF_NODE node)
find_program(KERNPROF_NPM npm)
set(page_node "")
if(NOT KERNPROF_PAGE)
  message(STATUS "Page (view --html): left out, as KERNPROF_PAGE is off")
elseif(KERNPROF_NODE AND KERNPROF_NPM)
  set(page_node ${KERNPROF_NODE})
  message(STATUS "Page (view --html): bundled by ${KERNPROF_NODE}")
else()
  message(STATUS "Page (view --html): left out, as there is no node or npm (Debian: nodejs npm)")
endif()
add_custom_command(OUTPUT ${page_template} ${CMAKE_BINARY_DIR}/page_template.c
  DEPENDS ${page_sources} cmake/page_script.cmake cmake/embed_script.cmake
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR}/viewer/web -DFOLDER=${page_folder} -DOUT=${page_template}
          -DNODE=${page_node} -DNPM=${KERNPROF_NPM} -P ${CMAKE_SOURCE_DIR}/cmake/page_script.cmake
  COMMAND ${CMAKE_COMMAND} -DIN=${page_template} -DOUT=${CMAKE_BINARY_DIR}/page_template.c -DNAME=kp_page_template
          -P ${CMAKE_SOURCE_DIR}/cmake/embed_script.cmake
  COMMENT "Bundling the page" VERBATIM)
