import ArgumentParser
import KernelLanguage
import Raster
import Reports
import Text

/// `convfilter explore`.
struct Explore: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "explore", abstract: "Make a page on which to see how a filter works.",
    usage: "convfilter explore --kernel <spec> ... [<options>] <picture> --output <page.html>",
    discussion: """
      The page is one file that opens in any browser and asks nobody for anything. A window slides \
      over the picture, by mouse, finger or keys; its samples, taps, products and sum stand beside \
      it. Kernel, stride, dilation and padding can be changed; the result is computed in the page, \
      for kernels of typed numbers equal to the command's in the last bit, and the page shows the \
      command that makes it. Several kernels are a chain whose steps are shown one by one; those \
      before a step that is no weighted sum or pooling are only carried out.

      Examples:
        convfilter explore -k sharpen cat.png -o sharpen.html
        convfilter explore -k gaussian:sigma=1 -k sobel cat.png -o edges.html
        convfilter explore -k maxpool --stride 1 --side 64 digit.png -o pool.html
      """)

  @Option(
    name: .shortAndLong, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A name (gaussian:sigma=2), a kernel file, numbers (3x3: 0,-1,0,...) or a filter of a model "
        + "(m.safetensors:conv1/5); repeat for a chain.",
      valueName: "spec"),
    completion: Completion.kernel)
  var kernel: [String] = []

  @Argument(help: ArgumentHelp("A picture.", valueName: "picture"), completion: .file())
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

  @OptionGroup(title: "Windows") var geometry: GeometryArguments

  @OptionGroup(title: "Results") var results: ResultArguments

  @OptionGroup(title: "Limits") var bounds: LimitArguments

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Threads (default: one a processor).", valueName: "count"))
  var threads: Int?

  @Flag(name: .shortAndLong, help: "Overwrite the page if it exists (default: an error).")
  var force = false

  @Flag(name: .shortAndLong, help: "Say errors only.")
  var quiet = false

  func validate() throws {
    if kernel.isEmpty {
      throw ValidationError(
        "--kernel is missing; 'convfilter kernels' lists the names, 'sharpen' is one")
    }
    if output == nil { throw ValidationError("--output is missing; name a page, as -o page.html") }
    if files.count != 1 {
      throw ValidationError("a page shows one picture; name one, there are \(files.count)")
    }
    if files == ["-"] {
      throw ValidationError(
        "standard input has no name, and the page says how to make its result again; name a file")
    }
    if let side, !(8...1024).contains(side) {
      throw ValidationError("--side \(side): must be 8 to 1024")
    }
    if let threads, !FilterRequest.threadCounts.contains(threads) {
      throw ValidationError("--threads \(threads): must be 1 to 1024")
    }
  }

  func run() throws {
    var options = FilterOptions()
    try geometry.apply(to: &options)
    try results.apply(to: &options)
    let target = PageFile(output ?? "-", replacing: force, isQuiet: quiet)
    try target.check()
    let explorer = FilterExplorer(
      kernels: kernel, options: options, words: geometry.words + results.words,
      limits: try bounds.limits(), memory: try bounds.memory(),
      threads: threads ?? availableProcessors(), side: side ?? 256)
    try target.write(explorer.page(FilePath(argument: files[0])).text)
  }
}
