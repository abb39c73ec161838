import Datasets
import Reports

/// Fetches data sets and says how it goes.
struct DatasetFetching {
  let diagnostics: Diagnostics
  /// Addresses that take the place of the usual ones; `CONVFILTER_MIRROR` where there are none.
  var mirrors: [String] = []

  /// - Returns: the folder with the files.
  /// - Throws: `DatasetError`.
  func fetch(
    _ dataset: KnownDataset, into locations: DataLocations
  ) throws(DatasetError) -> DataFolder {
    let all = Double(max(1, dataset.downloadSize))
    let sizes = Dictionary(uniqueKeysWithValues: dataset.downloads.map { ($0.name, $0.size) })
    let bar = ProgressLine(diagnostics)
    // Bytes of the files that are complete, and of this file before this run.
    var done = 0
    var before: Int?
    defer { bar.clear() }
    return try dataset.fetch(into: locations.target, mirrors: chosenMirrors) { event in
      switch event {
      case .trying(let file, let address):
        before = nil
        let size = sizes[file].map { " (\(NumberText.bytes($0)))" } ?? ""
        diagnostics.note("\(dataset.name): \(file)\(size) from \(address)")
      case .progress(_, let received, _):
        before = before ?? received
        bar.show(
          "fetching \(dataset.name)", fraction: Double(done + received) / all
        ) { elapsed in
          NumberText.bytes(Int(Double(done + received - before!) / max(elapsed, 0.1))) + "/s"
        }
      case .failed(let address, let reason):
        diagnostics.warning("\(reason); trying the next mirror if there is one", at: address)
      case .checking(let file):
        diagnostics.detail("\(dataset.name): checking \(file)")
        done += sizes[file] ?? 0
      case .unpacking(let file):
        diagnostics.note("\(dataset.name): unpacking \(file)")
      case .setAside(let file, let kept):
        diagnostics.warning(
          "was not the published file; it is kept as \(kept)", at: "\(dataset.name): \(file)")
      }
    }
  }

  private var chosenMirrors: [String] {
    if !mirrors.isEmpty { return mirrors }
    let named = Terminal.variable("CONVFILTER_MIRROR") ?? ""
    return named.split { $0 == "," || $0 == " " }.map(String.init)
  }
}
