import Raster

extension ImageFolder {
  /// The files that its pictures and their classes are read from: pictures, archives, a table.
  ///
  /// - Throws: as `list` does.
  public func files() throws(DatasetError) -> [FilePath] {
    let listing = try list()
    let archives = Set(listing.places.values.map(\.archive))
    let pictures = listing.examples.lazy.map(\.file).filter { listing.places[$0] == nil }
    return ([table].compactMap { $0 } + archives + pictures).map(folder.place)
  }
}
