import ArgumentParser
import Datasets
import Reports

/// `convfilter dataset list`.
struct DatasetList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the data sets and where they are.",
    discussion: """
      Any folder with one sub-folder of pictures for each class is a data set, too.

      Example: convfilter dataset list
      """)

  @OptionGroup var arguments: DatasetArguments

  @Flag(help: "Print JSON on standard output.")
  var json = false

  func run() throws {
    let locations = arguments.locations
    let found = KnownDataset.all.map { ($0, locations.find($0)) }
    try StandardOutput.write(json ? Self.json(found).pretty : Self.table(found).text())
    if !json { arguments.diagnostics.note("Data folder: \(locations.target.path)") }
  }

  private static func table(_ found: [(KnownDataset, DataFolder?)]) -> TextTable {
    var table = TextTable([
      .init("name"), .init("train", .right), .init("test", .right), .init("size"),
      .init("classes", .right), .init("download", .right), .init("licence"), .init("where"),
    ])
    for (dataset, folder) in found {
      table.add([
        dataset.name, NumberText.grouped(dataset.trainCount),
        NumberText.grouped(dataset.testCount), shape(dataset),
        String(dataset.classNames.count),
        dataset.folderName == nil ? "–" : NumberText.bytes(dataset.downloadSize),
        dataset.licence,
        dataset.folderName == nil ? "built in" : folder.map { "\($0.path)" } ?? "not here",
      ])
    }
    return table
  }

  private static func shape(_ dataset: KnownDataset) -> String {
    ModelSummary.shape([dataset.height, dataset.width, dataset.channels])
  }

  private static func json(_ found: [(KnownDataset, DataFolder?)]) -> JSON {
    .array(
      found.map { dataset, folder in
        [
          "name": .string(dataset.name), "title": .string(dataset.title),
          "train": .integer(dataset.trainCount), "test": .integer(dataset.testCount),
          "shape": .array(
            [dataset.height, dataset.width, dataset.channels].map { .integer($0) }),
          "classes": .array(dataset.classNames.map { .string($0) }),
          "download_bytes": .integer(dataset.downloadSize),
          "licence": .string(dataset.licence), "built_in": .bool(dataset.folderName == nil),
          "folder": folder.map { .string("\($0.path)") } ?? .null,
        ]
      })
  }
}
