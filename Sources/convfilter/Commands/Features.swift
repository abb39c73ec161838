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
      Writes one PNG a layer, with all its feature maps side by side (each scaled by itself), the \
      filters of the first convolution, and where the picture speaks for the answer (Grad-CAM).

      Examples:
        convfilter features digits-digits-conv.safetensors digit.png maps/
        convfilter features cifar10-cifar-pool.safetensors frog.png maps/ --gray
      """)

  @Argument(help: ArgumentHelp("A model file.", valueName: "model"), completion: .file())
  var model: String

  @Argument(help: ArgumentHelp("A picture, or -.", valueName: "image"), completion: .file())
  var image: String

  @Argument(
    help: ArgumentHelp("The folder to write into; made where missing.", valueName: "folder"),
    completion: .directory)
  var folder: String

  @Flag(help: "Draw in shades of gray.")
  var gray = false

  @OptionGroup(title: "Output") var report: NetworkReportArguments

  func run() throws {
    let model = try NetworkFile.model(model, memory: report.memory, batch: 1)
    let pictures = try ModelPictures(model, memory: report.memory)
    let levels = try CommandFailure.at(image) {
      try pictures.levels(of: FilePath(argument: image))
    }
    let team = report.team
    let inspector = Inspector(model, team: team)
    let target = FilePath(argument: folder)
    var drawings: [(file: FilePath, title: String, picture: Picture)] = []
    func add(_ name: String, _ title: String, _ picture: Picture) {
      let number = drawings.count
      let file = target.appending(
        Array("\(number < 10 ? "0" : "")\(number)-\(name).png".utf8))
      drawings.append((file, title, picture))
    }

    add("input", "the picture as the model sees it", pictures.drawing(levels))
    if let bank = model.firstFilters {
      let drawing = KernelPictures(
        title: "\(bank.name): \(bank.filters) filters of \(bank.height)x\(bank.width)",
        height: bank.height, width: bank.width, channels: bank.channels, weights: bank.weights)
      add("\(bank.name)-filters", drawing.title, drawing.picture())
    }
    for maps in inspector.maps(of: levels) where !maps.shape.isFlat {
      let title = "\(maps.name): \(maps.title), \(maps.shape)"
      let drawing = FeatureMapPictures(
        title: title, height: maps.shape.height, width: maps.shape.width, values: maps.values)
      add(maps.name, title, drawing.picture(palette: gray ? .gray : .color))
    }
    let guess = Predictor(model, batch: 1, team: team).guesses(levels)[0][0]
    if let attention = inspector.attention(of: levels, label: guess.label) {
      let title =
        "where it looks like \(guess.name.visible) (\(NumberText.percent(Double(guess.probability))))"
      let drawing = AttentionMap(
        title: title, height: model.network.input.height, width: model.network.input.width,
        samples: levels.map { UInt8($0) }, rows: attention.height, columns: attention.width,
        attention: attention.values)
      add("attention", title, drawing.picture(palette: gray ? .gray : .color))
    }
    // All or none: nothing is written beside files that would be refused.
    for drawing in drawings {
      try OutputPlace.makeFolders(to: drawing.file)
      try WholeFile.check(drawing.file, replacing: report.force)
    }
    for drawing in drawings {
      try NetworkFile.write(drawing.picture, to: drawing.file, replacing: report.force)
    }
    if report.json {
      for row in drawings {
        let members = JSON.members("file", row.file) + [("title", .string(row.title))]
        try StandardOutput.write(JSON.object(members).line + "\n")
      }
    } else {
      var table = TextTable([.init("file"), .init("shows")])
      for row in drawings { table.add(["\(row.file)", row.title]) }
      try StandardOutput.write(table.text())
    }
  }
}
