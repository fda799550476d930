# Every library Sermo stands on, found once; ARCHITECTURE.md says why each is here.
# The installed package configuration includes this file too, so that a consumer finds the same set.
include(CMakeFindDependencyMacro)
macro(sermo_find)
  if(CMAKE_FIND_PACKAGE_NAME)
    find_dependency(${ARGN})
  else()
    find_package(${ARGN} REQUIRED)
  endif()
endmacro()
set(THREADS_PREFER_PTHREAD_FLAG ON)
sermo_find(Threads)
sermo_find(PkgConfig)

sermo_find(tl-expected)
sermo_find(nlohmann_json)
sermo_find(fmt)
sermo_find(spdlog)
sermo_find(CLI11)
sermo_find(Eigen3)
sermo_find(TBB)

# sermo_pkg(name module...): an imported target sermo_ext::name for a pkg-config module.
macro(sermo_pkg name)
  if(NOT TARGET PkgConfig::sermo_${name})
    pkg_check_modules(sermo_${name} REQUIRED QUIET IMPORTED_TARGET GLOBAL ${ARGN})
  endif()
endmacro()
sermo_pkg(sndfile sndfile)
sermo_pkg(soxr soxr)
sermo_pkg(minizip minizip)
sermo_pkg(xxhash libxxhash)
sermo_pkg(hwy libhwy)
sermo_pkg(protobuf_lite protobuf-lite)

# sermo_lib(name header library): the same for libraries that ship neither a CMake package nor a .pc file.
macro(sermo_lib name header library)
  if(NOT TARGET sermo_ext::${name})
    find_path(sermo_${name}_INCLUDE ${header} REQUIRED)
    find_library(sermo_${name}_LIBRARY ${library} REQUIRED)
    add_library(sermo_ext::${name} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(sermo_ext::${name} PROPERTIES
      IMPORTED_LOCATION "${sermo_${name}_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${sermo_${name}_INCLUDE}")
  endif()
endmacro()
sermo_lib(mbedcrypto mbedtls/sha256.h mbedcrypto)
sermo_lib(svm libsvm/svm.h svm)
sermo_lib(xgboost xgboost/c_api.h xgboost)
