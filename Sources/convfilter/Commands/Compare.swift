import ArgumentParser
import Raster
import Reports
import Text

/// `convfilter compare`.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "compare", abstract: "Compare trainings: results, settings and curves.",
    discussion: """
      A run is named by any of its files: its report (-report.html), its log (-log.jsonl) or its \
      model; a folder stands for all runs in it. The best comes first: by the test images, where \
      they were looked at, else by the best epoch's held-out images. Settings in which the runs \
      differ have a column each, or stand below where they are long; they are in the reports.

      Examples:
        convfilter compare a-report.html b-report.html
        convfilter compare runs/ --output compare.html
        convfilter compare runs/ --output accuracy-over-minutes.png
        convfilter compare a.safetensors b.safetensors --json
      """)

  @Argument(
    help: ArgumentHelp(
      "Reports, logs or models of trainings, or folders of them.", valueName: "run"),
    completion: .file())
  var runs: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write a page with the curves over each other; to a name in .png, accuracy over minutes.",
      valueName: "file"),
    completion: .file(extensions: ["html", "png"]))
  var output: String?

  @Flag(help: "Print JSON on standard output.")
  var json = false

  @Flag(name: .shortAndLong, help: "Overwrite the page if it exists (default: an error).")
  var force = false

  @Flag(name: .shortAndLong, help: "Say errors only.")
  var quiet = false

  func validate() throws {
    if output == "-", json {
      throw ValidationError("--json and a page cannot share standard output; name a file")
    }
  }

  func run() throws {
    let picture = output.map { FilePath(argument: $0) }
      .flatMap { $0.fileExtension.lowercased() == "png" ? $0 : nil }
    let files = try files()
    let inputs = InputFiles(files.flatMap(ComparedRun.files))
    if let picture { try WholeFile.check(picture, replacing: force, inputs: inputs) }
    let target =
      picture == nil
      ? output.map { PageFile($0, replacing: force, isQuiet: quiet || json) } : nil
    try target?.check(inputs: inputs)
    let comparison = RunComparison(try files.map { try ComparedRun($0) })
    if json {
      try StandardOutput.write(comparison.json.line + "\n")
    } else if output != "-", !quiet {
      try StandardOutput.write(comparison.text)
    }
    try target?.write(comparison.page.text)
    if let picture {
      try NetworkFile.write(comparison.overTime.picture(), to: picture, replacing: force)
    }
  }

  /// The files that were named; folders stand for the logs in them.
  private func files() throws -> [FilePath] {
    try runs.flatMap { name -> [FilePath] in
      let path = FilePath(argument: name)
      let status = try CommandFailure.at("\(path)") { () throws(FileError) -> FileStatus in
        guard let status = try FileStatus(path) else { throw .missing }
        return status
      }
      guard status.kind == .folder else { return [path] }
      let logs = try CommandFailure.at("\(path)") { try FolderWalk.files(in: path) }
        .filter { "\($0)".hasSuffix("-log.jsonl") }
      if logs.isEmpty {
        throw CommandFailure("holds no log of a training (-log.jsonl)", at: "\(path)")
      }
      return logs.map { path.appending($0.bytes) }
    }
  }
}
