import ArgumentParser
import ImageCodecs
import KernelLanguage
import Raster
import Text

/// Lists the kernels that have names, or shows one.
struct Kernels: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "kernels", abstract: "List the kernels that have names, or show one.",
    discussion: """
      A kernel is a name with its parameters (gaussian:sigma=2), a kernel file, numbers \
      (3x3: 0,-1,0, -1,5,-1, 0,-1,0) or a filter of a model. What is shown: coefficients, sum, \
      divisor, rank, factors where it is separable, anchor, source, parameters and other names.

      Examples:
        convfilter kernels
        convfilter kernels gaussian:sigma=2
        convfilter kernels sobel-x:angle=45
        convfilter kernels emboss --text > mine.txt
        convfilter kernels kirsch --png kirsch.png
      """)

  @Argument(help: ArgumentHelp("The kernel to show (default: list all).", valueName: "spec"))
  var spec: String?

  @Flag(help: "Print JSON: one object, or one a line for the list.")
  var json = false

  @Flag(help: "Print a kernel file, to be saved and edited.")
  var text = false

  @Option(
    help: ArgumentHelp("Draw the kernel into a PNG file; - is standard output.", valueName: "file"),
    completion: .file(extensions: ["png"]))
  var png: String?

  @Flag(name: .shortAndLong, help: "Overwrite the PNG file if it exists (default: an error).")
  var force = false

  func validate() throws {
    if json && text { throw ValidationError("--json and --text exclude each other; drop one") }
    if spec == nil, text || png != nil {
      throw ValidationError("\(text ? "--text" : "--png") needs a kernel, as in: kernels sobel-x")
    }
    if png == "-", json || text {
      throw ValidationError("--png - and text cannot share standard output; name a file")
    }
  }

  func run() throws {
    guard let spec else {
      try StandardOutput.write(try json ? KernelList.json() : KernelList.text())
      return
    }
    // A name that needs keys when it is applied is shown with an example of them.
    let example = try KernelCatalog.find(spec)?.standard()
    let sheet = KernelSheet(try example ?? KernelArguments.stage(spec))
    if json || text || png != nil { try checkCount(sheet.stage) }
    let file = text ? sheet.fileText() : nil
    if text, file == nil {
      throw ValidationError(
        "'\(spec.shortened())' is no single kernel; a kernel file cannot hold it")
    }
    if let png { try draw(sheet, into: png) }
    if json {
      try StandardOutput.write(sheet.json())
    } else if let file {
      try StandardOutput.write(file)
    } else if png == nil {
      try StandardOutput.write(sheet.text())
    }
  }

  private func checkCount(_ stage: Stage) throws {
    let count = stage.kernels.reduce(0) { $0 + $1.width * $1.height * $1.depth }
    let most = KernelSheet.mostCoefficients
    if count > most {
      throw ValidationError(
        "'\(stage.name.shortened())' has \(count) coefficients; \(most) can be written or drawn at "
          + "most, use a smaller kernel")
    }
  }

  private func draw(_ sheet: KernelSheet, into name: String) throws {
    guard let picture = sheet.picture() else {
      throw ValidationError("'\(sheet.stage.name.shortened())' has no weights of one size to draw")
    }
    let bytes = try encodePNG(picture, level: 6)
    if name == "-" { return try StandardOutput.write(bytes) }
    let target = FilePath(argument: name)
    try WholeFile.check(
      target, replacing: force, inputs: KernelArguments.files(of: [spec ?? ""]))
    try WholeFile.write(bytes, to: target, replacing: force)
  }
}
