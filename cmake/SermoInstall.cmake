# Install and export: `find_package(sermo)` gives sermo::engine and the layers below it.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
get_property(sermo_layers GLOBAL PROPERTY SERMO_LAYERS)
install(TARGETS ${sermo_layers} EXPORT sermo ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY src/sermo DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT sermo NAMESPACE sermo:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/sermo FILE sermo-targets.cmake)
configure_package_config_file(cmake/sermo-config.cmake.in sermo-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/sermo)
write_basic_package_version_file(sermo-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/sermo-config.cmake"
  "${CMAKE_CURRENT_BINARY_DIR}/sermo-config-version.cmake" cmake/SermoDependencies.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/sermo)
