import ArgumentParser
import ConvNet
import KernelLanguage
import Raster
import Reports
import Text

/// `convfilter explore`.
struct Explore: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "explore", abstract: "Make a page that shows a filter or network at work.",
    usage: """
      convfilter explore --kernel <spec> ... [<options>] <picture> --output <page.html>
      convfilter explore [<options>] <model> <picture> ... --output <page.html>
      """,
    discussion: """
      The page is one file that opens in any browser and asks nobody for anything.

      With a kernel, a window slides over the picture, by mouse, finger or keys; its samples, taps, \
      products and sum stand beside it. Kernel, stride, dilation and padding can be changed; the \
      result is computed in the page, for kernels of typed numbers equal to the command's in the \
      last bit, and the page shows the command that makes it. Of poolings, medians, ranks, \
      erosions and dilations it shows the numbers in order and the chosen one, of unsharp masks the \
      blur and the difference, of bilateral, localnorm, canny and clahe how they come to each \
      sample. Several kernels are a chain whose steps are shown one by one, and so are those of open, \
      close, tophat and blackhat; steps before one that is no filter, such as a resize, are only \
      carried out.

      With a model, the page shows the maps of every layer for each picture, and for any value \
      that one points at the window, the numbers, the products and the sum that it was made of, \
      back to the pixels; the probabilities, and what speaks for each class (Grad-CAM).

      Examples:
        convfilter explore -k sharpen cat.png -o sharpen.html
        convfilter explore -k gaussian:sigma=1 -k sobel cat.png -o edges.html
        convfilter explore -k median:size=5,shape=disk cat.png -o median.html
        convfilter explore -k maxpool --stride 1 --side 64 digit.png -o pool.html
        convfilter explore digits-digits-conv.safetensors 3.png 8.png -o digits.html
      """)

  @Option(
    name: .shortAndLong, parsing: .unconditionalSingleValue,
    help: KernelArguments.chainHelp, completion: Completion.kernel)
  var kernel: [String] = []

  @Argument(
    help: ArgumentHelp(
      "A picture, or without --kernel a model and pictures; folders stand for the pictures in them.",
      valueName: "picture"),
    completion: .file())
  var files: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The page to write; - is standard output.", valueName: "page.html"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The longest side of the picture in the page, in pixels; larger ones are made smaller "
        + "before the filter (default: 256).", valueName: "pixels"))
  var side: Int?

  @OptionGroup var filtering: ShownFilterArguments

  @Flag(name: .shortAndLong, help: "Overwrite the page if it exists (default: an error).")
  var force = false

  @Flag(name: .shortAndLong, help: "Say errors only.")
  var quiet = false

  func validate() throws {
    if output == nil { throw ValidationError("--output is missing; name a page, as -o page.html") }
    if files.contains("-") {
      throw ValidationError(
        "standard input has no name, and the page says how to make its result again; name a file")
    }
    try KernelArguments.checkCount(kernel)
    if kernel.isEmpty {
      try validateModel()
    } else if files.count != 1 {
      throw ValidationError("a page shows one picture; name one, there are \(files.count)")
    }
    if let side, !(8...1024).contains(side) {
      throw ValidationError("--side \(side): must be 8 to 1024")
    }
  }

  /// Without a kernel the first word is a model.
  private func validateModel() throws {
    guard FilePath(argument: files[0]).fileExtension == "safetensors" else {
      throw ValidationError(
        "--kernel is missing; 'convfilter kernels' lists the names, 'sharpen' is one (to explore a "
          + "network, name its file, which ends in .safetensors, first)")
    }
    if files.count == 1 {
      throw ValidationError("name a picture after the model, for it to look at")
    }
    if side != nil || !filtering.words.isEmpty {
      throw ValidationError(
        "a model has its own size and windows; \(filtering.words.first ?? "--side") "
          + "is for --kernel")
    }
  }

  func run() throws {
    let target = PageFile(output ?? "-", replacing: force, isQuiet: quiet)
    try target.check(
      inputs: KernelArguments.files(of: kernel)
        + InputFiles(
          pictures: files.map {
            FilePath(argument: kernel.isEmpty ? NetworkFile.place($0).file : $0)
          }
        ))
    try target.write((kernel.isEmpty ? modelPage() : filterPage()).text)
  }

  private func filterPage() throws -> WebPage {
    try FilterExplorer(
      kernels: kernel, options: filtering.options(), words: filtering.words,
      limits: filtering.bounds.limits(), memory: filtering.bounds.memory(),
      threads: filtering.threadCount, side: side ?? 256, diagnostics: Diagnostics(quiet: quiet)
    ).page(FilePath(argument: files[0]))
  }

  private func modelPage() throws -> WebPage {
    let memory = try filtering.bounds.memory()
    let diagnostics = Diagnostics(quiet: quiet)
    let model = try NetworkFile.model(
      files[0], memory: memory, batch: 1, diagnostics: diagnostics)
    let pictures = try ModelPictures(model, memory: memory, diagnostics: diagnostics)
      .files(Array(files.dropFirst()), recursive: false)
    if pictures.isEmpty {
      throw CommandFailure("holds no picture", at: "\(FilePath(argument: files[1]))")
    }
    return try ModelExplorer(
      model: model, name: "\(FilePath(argument: files[0]))", memory: memory,
      diagnostics: diagnostics,
      team: .forNetworks(threads: filtering.threadCount)
    ).page(pictures)
  }
}
