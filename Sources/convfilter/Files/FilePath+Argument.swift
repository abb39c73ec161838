import Libc
import Raster

extension FilePath {
  /// A word of the command line.
  init(argument: String) { self.init(bytes: CommandWords.bytes(argument)) }

  /// Whether the name is that of a link, wherever it leads.
  var isLink: Bool {
    var status = stat()
    return withCString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}
