# The page: built by npm from web/, embedded in the target that serves it.
#
#   include(SermoWeb)
#   sermo_embed_web(sermo_serve)   # then #include "sermo_web/assets.h"
#
# What npm installs is shared by all build folders (web/node_modules, installed again when package-lock.json
# changes); the built page lies in the build folder and is built again when a source of it changes.
find_program(SERMO_NPM npm)
find_program(SERMO_NODE NAMES node nodejs)

function(sermo_embed_web target)
  if(NOT SERMO_NPM OR NOT SERMO_NODE)
    message(FATAL_ERROR "The page in web/ is built with npm and Node.js 18 or newer, which are not here. On Debian: apt-get install npm")
  endif()
  set(web "${PROJECT_SOURCE_DIR}/web")
  set(out "${CMAKE_CURRENT_BINARY_DIR}/sermo_web")
  set(installed "${web}/node_modules/.sermo-installed")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${web}/src/*" "${web}/public/*" "${PROJECT_SOURCE_DIR}/samples/*")
  list(FILTER sources EXCLUDE REGEX "\\.test\\.ts$")

  add_custom_command(
    OUTPUT "${installed}"
    COMMAND "${SERMO_NODE}" "${web}/embed/install.mjs"
    COMMAND "${CMAKE_COMMAND}" -E touch "${installed}"
    DEPENDS "${web}/package.json" "${web}/package-lock.json" "${web}/.npmrc"
    COMMENT "Installing what the page is built with"
    VERBATIM)
  add_custom_command(
    OUTPUT "${out}/assets.cc"
    COMMAND "${SERMO_NODE}" "${web}/node_modules/vite/bin/vite.js" build --logLevel warn --outDir "${out}/dist" --emptyOutDir
    COMMAND "${SERMO_NODE}" "${web}/embed/embed.mjs" "${out}/dist" "${out}/assets.cc"
    DEPENDS "${installed}" ${sources} "${web}/index.html" "${web}/vite.config.ts" "${web}/svelte.config.js" "${web}/tsconfig.json"
      "${web}/embed/embed.mjs"
    WORKING_DIRECTORY "${web}"
    COMMENT "Building the page"
    VERBATIM)
  target_sources(${target} PRIVATE "${out}/assets.cc")
  target_include_directories(${target} PRIVATE "${web}/embed")
endfunction()
