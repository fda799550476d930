# One target a layer. A layer's CMakeLists.txt is a single call:
#
#   sermo_layer(dsp
#     DEPS base audio              # layers below, by name
#     SOURCES fft.cc stft.cc       # headers are found by their includes
#     PUBLIC Eigen3::Eigen         # libraries that public headers need
#     PRIVATE PkgConfig::sermo_hwy # libraries that only sources need
#     TESTS fft_test.cc)           # one gtest executable a layer: sermo_dsp_test
add_library(sermo_warnings INTERFACE)
target_compile_options(sermo_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wextra-semi
  -Wno-missing-field-initializers  # designated initialisers leave the rest at their defaults on purpose
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # g++ 12 warns of std::string's own operator+ (GCC bug 105651)
  $<$<BOOL:${SERMO_WARNINGS_AS_ERRORS}>:-Werror>)
if(SERMO_SANITIZE)
  add_compile_options(-fsanitize=${SERMO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SERMO_SANITIZE})
  # Vector kernels for the baseline only: with sanitizers each further instruction set takes minutes to compile.
  add_compile_definitions(HWY_COMPILE_ONLY_STATIC)
  # With sanitizers g++ 12 takes parts of the standard library for uninitialised.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

function(sermo_layer name)
  cmake_parse_arguments(arg "" "" "DEPS;SOURCES;PUBLIC;PRIVATE;TESTS;TEST_LIBS" ${ARGN})
  set(target sermo_${name})
  list(TRANSFORM arg_DEPS PREPEND sermo_)
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:sermo_warnings> ${arg_PRIVATE})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(sermo::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_include_directories(${target} ${scope}
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<INSTALL_INTERFACE:include>)
  target_link_libraries(${target} ${scope} ${arg_DEPS} ${arg_PUBLIC})
  set_property(GLOBAL APPEND PROPERTY SERMO_LAYERS ${target})
  if(SERMO_BUILD_TESTS AND arg_TESTS)
    sermo_test(${target}_test SOURCES ${arg_TESTS} LIBS ${target} ${arg_TEST_LIBS})
  endif()
endfunction()

# sermo_test(name SOURCES ... LIBS ...): a gtest executable whose cases ctest sees one by one.
include(GoogleTest)
function(sermo_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBS} sermo_warnings sermo_test_support GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES PROPERTIES LABELS "${name}" TIMEOUT 900)
endfunction()

# Where tests find things; see tests/support/. Tests that ask Python for a second opinion skip where this
# interpreter has not the modules they need.
set(SERMO_PYTHON "python3" CACHE STRING "Python interpreter for tests that compare with NumPy and others")
add_library(sermo_test_support INTERFACE)
target_include_directories(sermo_test_support INTERFACE "${PROJECT_SOURCE_DIR}/tests/support")
target_compile_definitions(sermo_test_support INTERFACE
  SERMO_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SERMO_BINARY_DIR="${PROJECT_BINARY_DIR}" SERMO_PYTHON="${SERMO_PYTHON}")
