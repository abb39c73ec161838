import ArgumentParser
import ConvNet
import Raster
import Reports
import Text

/// `convfilter features`.
struct Features: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "features", abstract: "Draw what each layer of a model makes of a picture.",
    discussion: """
      Writes one PNG a layer, with all its feature maps side by side (each scaled by itself, those \
      that nothing reaches crossed out), the filters of the first layer (or the weights that a dense \
      layer has for each pixel), how likely the classes are, and where the picture speaks for the \
      answer (Grad-CAM). Of several pictures each has a folder of its own.

      Examples:
        convfilter features digits-digits-conv.safetensors digit.png maps/
        convfilter features cifar10-cifar-pool.safetensors frog.png maps/ --gray
        convfilter features cats.safetensors cat.jpg dog.jpg maps/ --layer conv3 --class dog
      """)

  @Argument(help: ArgumentHelp("A model file.", valueName: "model"), completion: .file())
  var model: String

  @Argument(
    help: ArgumentHelp(
      "Pictures, or -; last the folder to write into, made where missing.",
      valueName: "image> ... <folder"),
    completion: .file())
  var places: [String]

  @Option(
    help: ArgumentHelp(
      "Draw this layer only, and where its maps speak for the answer; may be repeated (default: all, "
        + "and the last that yields maps).", valueName: "name"))
  var layer: [String] = []

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp(
      "The class for which the picture is to speak (default: the likeliest).", valueName: "name"))
  var label: String?

  @Flag(help: "Draw in shades of gray.")
  var gray = false

  @OptionGroup(title: "Output") var report: NetworkReportArguments

  func validate() throws {
    if places.count < 2 {
      throw ValidationError("name a picture and the folder to write into, last")
    }
  }

  func run() throws {
    let place = model
    let model = try NetworkFile.model(
      place, memory: report.memory, batch: 1, diagnostics: report.diagnostics)
    let pictures = try ModelPictures(
      model, memory: report.memory, diagnostics: report.diagnostics)
    let drawer = try CommandFailure.at(place) {
      try FeatureDrawer(
        model, layers: layer, label: label, palette: gray ? .gray : .color, team: report.team)
    }
    if model.views != .one { report.diagnostics.note("\(place): " + model.oneLook) }
    let (images, target) = (places.dropLast(), FilePath(argument: places.last!))
    var rows: [(file: FilePath, title: String)] = []
    var taken: Set<[UInt8]> = []
    for image in images {
      let path = FilePath(argument: image)
      var folder = target
      if images.count > 1 {
        let stem = image == "-" ? Array("input".utf8) : path.stem
        guard taken.insert(stem).inserted else {
          throw CommandFailure(
            "two pictures of this name cannot be drawn into one folder; draw them apart", at: image)
        }
        folder = target.appending(stem)
      }
      let levels = try CommandFailure.at(image) { try pictures.levels(of: path) }
      let drawings = drawer.drawings(of: levels, input: pictures.drawing(levels))
        .enumerated().map { number, drawing in
          let name = "\(number < 10 ? "0" : "")\(number)-\(drawing.name).png"
          return (file: folder.appending(Array(name.utf8)), drawing)
        }
      // All or none of a picture: nothing is written beside files that would be refused.
      for (file, _) in drawings { try OutputPlace.makeFolders(to: file) }
      try WholeFile.check(
        drawings.map(\.file), replacing: report.force,
        inputs: InputFiles(arguments: [NetworkFile.place(place).file] + images))
      for (file, drawing) in drawings {
        try NetworkFile.write(drawing.picture, to: file, replacing: report.force)
        rows.append((file, drawing.title))
      }
    }
    if report.json {
      for row in rows {
        let members = JSON.members("file", row.file) + [("title", .string(row.title))]
        try StandardOutput.write(JSON.object(members).line + "\n")
      }
    } else {
      var table = TextTable([.init("file"), .init("shows")])
      for row in rows { table.add(["\(row.file)", row.title]) }
      try StandardOutput.write(table.text())
    }
  }
}
