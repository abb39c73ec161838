/// The folders in which data sets are looked for, and the one into which they are fetched.
public struct DataLocations: Sendable, Equatable {
  /// In the order in which they are looked at.
  public let folders: [DataFolder]

  /// - Parameters:
  ///   - chosen: what the user named on the command line; nothing else is looked at then.
  ///   - environment: `CONVFILTER_DATA`, else `XDG_DATA_HOME` and `HOME`. After the folder of these,
  ///     the system's (`/usr/share/datasets`, where Debian puts Fashion-MNIST) is looked at.
  public init(chosen: String?, environment: [String: String]) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let chosen {
      folders = [DataFolder(chosen)]
      return
    }
    let own =
      value("CONVFILTER_DATA") ?? value("XDG_DATA_HOME").map { $0 + "/convfilter" }
      ?? value("HOME").map { $0 + "/.local/share/convfilter" } ?? ".convfilter"
    folders = [DataFolder(own), DataFolder("/usr/share/datasets")]
  }

  /// Where a fetched data set goes.
  public var target: DataFolder { folders[0] }

  /// The folder that holds all files of a data set, or nil.
  ///
  /// Looked at are, for each of `folders`: sub-folders with the usual names, then the folder itself.
  public func find(_ dataset: KnownDataset) -> DataFolder? {
    for base in folders {
      for place in dataset.usualNames.map(base.folder) + [base]
      where dataset.missingFiles(in: place).isEmpty && !dataset.isAnother(in: place) {
        return place
      }
    }
    return nil
  }
}
