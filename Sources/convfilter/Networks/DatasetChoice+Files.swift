import Datasets
import Raster

extension DatasetChoice {
  /// The files that its images come from, as far as they are there.
  var files: InputFiles {
    if let known {
      let place =
        KnownDataset.named(name) == nil
        ? ownFolder
        : DataLocations(chosen: arguments.data, environment: Terminal.environment).find(known)
      return InputFiles(place.map { known.present(in: $0) } ?? [])
    }
    // What is wrong with a folder is said when it is read.
    return InputFiles((try? imageFolder?.files()) ?? [])
  }
}
