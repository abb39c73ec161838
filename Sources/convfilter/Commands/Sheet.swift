import ArgumentParser
import ImageCodecs
import KernelLanguage
import Raster
import Reports
import Text

/// `convfilter sheet`.
struct Sheet: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "sheet", abstract: "Lay pictures before and after filters side by side.",
    usage: "convfilter sheet [--kernel <spec> ...] [<options>] <picture> ... --output <sheet.png>",
    discussion: """
      One picture with captions: each picture as it is, then what each kernel makes of it; with \
      several pictures a row for each. With --chain the kernels follow each other, and the sheet \
      shows the picture after each. Filters see the whole picture; what they make of it is then made \
      smaller to fit, and small pictures are shown with larger pixels. Without a kernel the sheet \
      shows the pictures.

      Examples:
        convfilter sheet -k sharpen cat.png -o before-after.png
        convfilter sheet -k gaussian:sigma=2 -k sobel --chain cat.png -o steps.png
        convfilter sheet --kernels-from my-kernels/ cat.png -o all.png
        convfilter sheet --all cat.png -o every-kernel.png
        convfilter sheet photos/*.jpg -o contacts.png
      """)

  @OptionGroup(title: "Kernels") var variants: VariantArguments

  @Argument(help: ArgumentHelp("Pictures.", valueName: "picture"), completion: .file())
  var pictures: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The sheet to write, a PNG, JPEG or PNM file; - is standard output.", valueName: "sheet.png"),
    completion: .file(extensions: ["png", "jpg", "ppm"]))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The longest side of a picture in the sheet, in pixels (default: 240).", valueName: "pixels"))
  var side: Int?

  @Option(
    help: ArgumentHelp(
      "Pictures in a row (default: a row for each picture, or about a square).",
      valueName: "count"))
  var columns: Int?

  @Option(help: ArgumentHelp("A line above the pictures.", valueName: "text"))
  var title: String?

  @Flag(help: "Leave out the picture as it was.")
  var onlyResults = false

  @OptionGroup var filtering: ShownFilterArguments

  @Flag(name: .shortAndLong, help: "Overwrite the sheet if it exists (default: an error).")
  var force = false

  @Flag(name: .shortAndLong, help: "Say errors only.")
  var quiet = false

  func validate() throws {
    if output == nil { throw ValidationError("--output is missing; name a file, as -o sheet.png") }
    if let side, !(8...2048).contains(side) {
      throw ValidationError("--side \(side): must be 8 to 2048")
    }
    if let columns, !(1...1000).contains(columns) {
      throw ValidationError("--columns \(columns): must be 1 to 1000")
    }
    if onlyResults && variants.isEmpty {
      throw ValidationError("--only-results leaves nothing to show without a kernel; name one")
    }
    if pictures.contains("-") {
      throw ValidationError("standard input can be read only once, and a sheet needs it again")
    }
  }

  func run() throws {
    let target = FilePath(argument: output ?? "-")
    guard
      let format = target == FilePath("-") ? .png : FileFormat(fileExtension: target.fileExtension)
    else {
      throw CommandFailure(
        "'\(target.fileExtension)' is no ending of a picture file; use .png, .jpg or .ppm",
        at: "\(target)")
    }
    if target != FilePath("-") {
      try WholeFile.check(
        target, replacing: force, inputs: InputFiles(arguments: pictures) + variants.inputs)
    }
    let diagnostics = Diagnostics(quiet: quiet)
    var request = FilterRequest()
    request.options = try filtering.options()
    request.options.depth = .eight
    request.limits = try filtering.bounds.limits()
    request.memory = try filtering.bounds.memory()
    let maker = SheetMaker(
      settings: try request.settings(), variants: try variants.variants(diagnostics),
      showsBefore: !onlyResults, side: side ?? 240, threads: filtering.threadCount,
      diagnostics: diagnostics)
    let sheet = try maker.sheet(
      of: pictures.map { FilePath(argument: $0) }, columns: columns, title: title ?? "")
    let bytes = try encode(sheet.picture(), as: format)
    if target == FilePath("-") { return try StandardOutput.write(bytes) }
    try WholeFile.write(bytes, to: target, replacing: force)
    if !quiet {
      let count = sheet.tiles.count
      try StandardOutput.write(
        "\(target)  \(count) \(count == 1 ? "picture" : "pictures"), \(NumberText.bytes(bytes.count))\n"
      )
    }
  }
}
