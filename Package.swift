// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The rooms and the arrows between them: CONTRIBUTING.md.

let swift: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error),
]
let c: [CSetting] = [.treatAllWarnings(as: .error)]

// ISA-L deflates and inflates faster than zlib; where its header is missing, zlib does the work.
let includeFolders = ["/usr/include", "/usr/local/include", "/opt/homebrew/include"]
let hasISAL =
  Context.environment["CONVFILTER_WITHOUT_ISAL"] == nil
  && includeFolders.contains { FileManager.default.fileExists(atPath: $0 + "/isa-l.h") }
let isal: [Target] =
  hasISAL
  ? [
    .systemLibrary(
      name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"]), .brew(["isa-l"])])
  ] : []

// Libraries of further formats, and the one that makes PNG smallest, are loaded when they are wanted
// (CImageCodecs/library.h): only
// their headers are wanted here. CONVFILTER_WITHOUT=webp,tiff builds without some that are there.
let formats: [(name: String, headers: [String])] = [
  ("webp", ["webp/decode.h", "webp/demux.h", "webp/encode.h", "webp/mux.h"]),
  ("tiff", ["tiffio.h"]),
  ("jxl", ["jxl/decode.h", "jxl/encode.h", "jxl/thread_parallel_runner.h"]),
  ("heif", ["libheif/heif.h"]),
  ("avif", ["avif/avif.h"]),
  ("lcms", ["lcms2.h"]),
  ("zstd", ["zstd.h"]),
  ("deflate", ["libdeflate.h"]),
]
let headerFolders =
  ["x86_64", "aarch64"].map { "/usr/include/\($0)-linux-gnu" } + [
    "/usr/include", "/usr/local/include",
  ]
  + (Context.environment["CPATH"]?.split(separator: ":").map { String($0) } ?? [])
let unwanted = Context.environment["CONVFILTER_WITHOUT"]?.split(separator: ",") ?? []
let formatSettings: [CSetting] = formats.flatMap { format -> [CSetting] in
  // Folders that the compiler looks into by itself.
  let isThere = headerFolders.contains { folder in
    format.headers.allSatisfy { FileManager.default.fileExists(atPath: folder + "/" + $0) }
  }
  guard isThere, !unwanted.contains(Substring(format.name)) else { return [] }
  return [.define("CONVFILTER_HAS_" + format.name.uppercased())]
}

func room(
  _ name: String, _ dependencies: [Target.Dependency], plugins: [Target.PluginUsage] = []
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swift, plugins: plugins)
}

func tests(_ room: String, _ others: [Target.Dependency] = []) -> Target {
  // Goldens and the scripts that made them are read by path.
  let goldens = Context.packageDirectory + "/Tests/\(room)Tests/Goldens"
  return .testTarget(
    name: room + "Tests", dependencies: [.target(name: room), "Libc", "TestSupport"] + others,
    exclude: FileManager.default.fileExists(atPath: goldens) ? ["Goldens"] : [],
    swiftSettings: swift)
}

// What the command is built on.
let rooms: [Target.Dependency] = [
  "Libc", "Text", "Random", "Raster", "ImageCodecs", "ConvEngine", "KernelLanguage",
  "PictureFilters", "Matrices", "Datasets", "ConvNet", "Reports", "Comparison", "Archives",
]
let linux = Target.Dependency.target(name: "CLinux", condition: .when(platforms: [.linux]))
let command: [Target.Dependency] =
  rooms + [
    "CMessagePassing", linux,
    .product(name: "ArgumentParser", package: "swift-argument-parser"),
  ]

// The tests of all rooms, or of those that CONVFILTER_TESTS names: CONVFILTER_TESTS=Raster,Matrices swift test.
let wantedTests = Context.environment["CONVFILTER_TESTS"]?.split(separator: ",")
let testTargets: [Target] = [
  tests("Text"),
  tests("Random"),
  tests("Raster"),
  tests("ImageCodecs", ["CImageCodecs", "CConvKernels", "PictureSupport"]),
  tests("ConvEngine", ["CConvKernels"]),
  tests("KernelLanguage", ["PictureFilters", "Text"]),
  tests("PictureFilters", ["CConvKernels", "ConvEngine", "KernelLanguage"]),
  tests("Matrices", ["KernelLanguage", "Text"]),
  tests("Datasets", ["ImageCodecs"]),
  tests("ConvNet", ["ConvEngine", "Datasets", "Random", "Text"]),
  tests("Reports", ["ConvNet"]),
  tests("Comparison", ["ImageCodecs"]),
  tests("Archives"),
  .testTarget(
    // What runs the program, but does not look into it: it is compiled beside it.
    name: "CommandTests",
    dependencies: rooms + [linux, "TestSupport", "PictureSupport", "CImageCodecs"],
    exclude: ["Goldens", "Faults"],
    swiftSettings: swift),
  .testTarget(
    name: "BatchTests", dependencies: command + ["convfilter", "TestSupport", "PictureSupport"],
    exclude: ["Goldens"], swiftSettings: swift),
  .testTarget(
    name: "FuzzTests", dependencies: command + ["convfilter", "TestSupport", "CImageCodecs"],
    exclude: ["Corpus", "Driver"], swiftSettings: swift),
].filter { wantedTests?.contains($0.name.dropLast("Tests".count)) ?? true }

// Benchmarks are no part of what is tested in parts.
let benchmarks: [Target] =
  wantedTests == nil
  ? [
    .executableTarget(
      name: "convbench",
      dependencies: rooms + [
        .product(name: "ArgumentParser", package: "swift-argument-parser")
      ],
      exclude: ["Rivals"], swiftSettings: swift)
  ] : []

let package = Package(
  name: "convfilter",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "convfilter", targets: ["convfilter"])]
    + benchmarks.map { .executable(name: $0.name, targets: [$0.name]) },
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: isal + [
    // Borders to C.
    .systemLibrary(
      name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg",
      providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(name: "CLinux"),
    .target(
      name: "CImageCodecs",
      dependencies: ["CConvKernels", "CPNG", "CJPEG", "CZlib"]
        + isal.map { .target(name: $0.name) },
      cSettings: c + (hasISAL ? [.define("CONVFILTER_HAS_ISAL")] : []) + formatSettings,
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(
      name: "CConvKernels", cSettings: c,
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),

    .target(
      name: "CMessagePassing", cSettings: c,
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),

    // Rooms.
    room("Libc", []),
    room("Text", []),
    room("Random", []),
    room("Raster", ["Libc"]),
    room("ImageCodecs", ["CImageCodecs", "Libc", "Raster"]),
    room("ConvEngine", ["CConvKernels", "Raster"]),
    room("KernelLanguage", ["ConvEngine", "Libc", "Raster", "Text"], plugins: ["EmbedFiles"]),
    room("PictureFilters", ["KernelLanguage", "ConvEngine", "CConvKernels", "Libc", "Raster"]),
    room("Matrices", ["KernelLanguage", "ConvEngine", "Libc", "Raster", "Text"]),
    room(
      "Datasets", ["Archives", "ImageCodecs", "Libc", "Random", "Raster", "Text"],
      plugins: ["EmbedFiles"]),
    room("ConvNet", ["KernelLanguage", "ConvEngine", "Libc", "Random", "Raster", "Text"]),
    room("Reports", ["ConvNet", "Libc", "Raster", "Text"], plugins: ["EmbedFiles"]),
    room("Comparison", ["Libc", "Raster"]),
    room("Archives", ["ImageCodecs", "Libc", "Raster"]),

    // Programs.
    .executableTarget(name: "convfilter", dependencies: command, swiftSettings: swift),

    // Files that travel inside the program: Kernels/, the handwritten digits, the pages to explore.
    .executableTarget(name: "embed-files", dependencies: ["Text"], swiftSettings: swift),
    .plugin(name: "EmbedFiles", capability: .buildTool(), dependencies: ["embed-files"]),

    // Tests.
    .target(
      name: "TestSupport", dependencies: ["Libc", "Raster"], path: "Tests/TestSupport",
      swiftSettings: swift),
    .target(
      name: "PictureSupport", dependencies: ["ImageCodecs", "Raster", "TestSupport"],
      path: "Tests/PictureSupport", swiftSettings: swift),
  ] + benchmarks + testTargets,
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)

// `make fuzz`: the same targets under libFuzzer instead of the tests. The commands become a library,
// as only one program can be the main one.
if Context.environment["CONVFILTER_FUZZ"] != nil {
  package.products = []
  package.targets.removeAll {
    $0.type == .test
      || ["convfilter", "convbench", "TestSupport", "PictureSupport"].contains($0.name)
  }
  package.targets += [
    .target(
      name: "convfilter", dependencies: command, exclude: ["Main.swift"], swiftSettings: swift),
    .systemLibrary(name: "CFuzzer", path: "Tests/CFuzzer"),
    .executableTarget(
      name: "fuzz", dependencies: command + ["convfilter", "CImageCodecs", "CFuzzer"],
      path: "Tests/FuzzTests", exclude: ["Corpus", "CorpusTests.swift"], swiftSettings: swift),
  ]
}
