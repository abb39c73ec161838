import ArgumentParser
import ConvEngine
import KernelLanguage
import Matrices
import Raster
import Text

/// Filters a matrix or a signal of numbers.
struct Matrix: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "matrix", abstract: "Filter a matrix or a signal of numbers.",
    discussion: """
      Numbers are separated by blanks, commas or semicolons, one line a row; # starts a comment. \
      '1 2; 3 4' and [[1,2],[3,4]] are matrices too. A single row or column is a signal: a kernel \
      of several rows meets it as if all rows were alike. Planes for a kernel that sums over \
      channels stand one below the other.

      Nothing is rounded or cut unless --range says so: then every stage ends as on an 8-bit \
      picture. Padding is valid unless named (only whole windows, the result shrinks); zero and \
      the others keep the size.

      Examples:
        convfilter matrix --kernel sharpen numbers.txt
        convfilter matrix --kernel sharpen --padding zero --explain numbers.txt
        echo "1 2 4 8 16" | convfilter matrix --kernel "[1,0,-1]" --flip
        echo "[[1,2],[3,4]]" | convfilter matrix --kernel maxpool --json
      """)

  @OptionGroup(title: "Kernels")
  var kernels: KernelArguments

  @OptionGroup(title: "Windows")
  var geometry: GeometryArguments

  @OptionGroup(title: "Results")
  var results: ResultArguments

  @Flag(help: "Print the arithmetic of every window before the result.")
  var explain = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Print comma-separated values.")
  var csv = false

  @Option(
    help: ArgumentHelp(
      "Refuse what takes more memory: 512M, 2G or none (default: three quarters of the machine's).",
      valueName: "size"))
  var limitMemory: String?

  @Argument(
    help: ArgumentHelp("File of numbers (default: -, standard input).", valueName: "file"),
    completion: .file())
  var file: String?

  func validate() throws {
    _ = try memoryLimit()
    if json && csv { throw ValidationError("--json and --csv exclude each other; drop one") }
    if csv && explain {
      throw ValidationError("--csv has no place for --explain; use --json or drop one")
    }
  }

  func run() throws {
    let stages = try kernels.stages()
    var options = FilterOptions()
    try geometry.apply(to: &options)
    try results.apply(to: &options)
    let filter = MatrixFilter(stages, options: options, range: try results.resultRange())
    let input = try read(planes: stages.flatMap(\.kernels).map(\.depth).max() ?? 1)
    var report = MatrixReport(stages: stages, inputPlanes: input.count)
    let limit = try memoryLimit()
    report.planes = try CommandFailure.at(place) {
      try limit.check(
        filter.course(input, explains: explain).memory, for: "the chain of filters",
        remedy: "use smaller kernels or less padding")
      return try filter.run(input, explain: explain ? { report.windows.append($0) } : nil)
    }
    try StandardOutput.write(json ? report.json() : csv ? report.csv() : report.text())
  }

  private func memoryLimit() throws -> MemoryLimit { try LimitArguments.memory(limitMemory) }

  private var name: String { file ?? "-" }
  private var place: String { name == "-" ? "standard input" : name }

  private func read(planes: Int) throws -> [NumberGrid] {
    // Longer texts than any that somebody wants to look at; numbers and results take more than they do.
    let limit = min(1 << 28, MemoryLimit.preset.bytes / 64)
    let bytes = try CommandFailure.at(place) {
      try (name == "-" ? OpenFile.standardInput : OpenFile(FilePath(argument: name)))
        .contents(limit: limit)
    }
    do {
      return try NumberTable(bytes).planes(planes)
    } catch {
      switch error {
      // These start with line and column.
      case .notANumber, .outOfRange, .ragged: throw CommandFailure(error, in: place)
      case .empty, .planes: throw CommandFailure("\(error)", at: place)
      }
    }
  }
}

extension CommandFailure {
  /// A mistake in a text; its message starts with line and column.
  fileprivate init(_ error: NumberTableError, in place: String) {
    let text = "\(error)"
    let position = text.prefix { $0 != " " }.dropLast()
    self.init(String(text.dropFirst(position.count + 2)), at: "\(place):\(position)")
  }
}
