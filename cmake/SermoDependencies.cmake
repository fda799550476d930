# Every library Sermo stands on, found once; ARCHITECTURE.md says why each is here.
# The installed package configuration includes this file too, so that a consumer finds the same set.
include(CMakeFindDependencyMacro)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_dependency(Threads)
find_dependency(PkgConfig)

find_dependency(tl-expected)
find_dependency(nlohmann_json)
find_dependency(fmt)
find_dependency(spdlog)
find_dependency(CLI11)
find_dependency(Eigen3)
find_dependency(TBB)

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
