import Libc
import Raster

/// What can go wrong with a file as a file, whatever is in it.
enum FileError: Error, Equatable {
  case missing
  case folderAsPicture
  case folderAsOutput
  case folderUnmade(FilePath, reason: Int32)
  case exists
  /// As above, where existing results may be skipped.
  case resultExists
  case isInput
  case isAnotherInput
  case danglingLink
  /// Between reading and replacing it.
  case changedMeanwhile
  case isTerminal
  case unknownEnding(String)
  case tooLarge(limit: Int)
  /// Names ended by line ends where zero bytes are wanted.
  case namesInLines
  /// A name with `..` in it that is to be kept below a folder.
  case leavesFolder
  /// A record of results that another process writes.
  case updating
  /// A file in the place of such a record.
  case noRecord
  case unreadable(reason: Int32)
  case unwritable(reason: Int32)
}

extension FileError: CustomStringConvertible {
  var description: String {
    switch self {
    case .missing: "there is no such file"
    case .folderAsPicture: "is a folder, not a picture; name the files in it, or a folder as OUTPUT"
    case .folderAsOutput: "is a folder; name a file"
    case .folderUnmade(let folder, let reason):
      "the folder '\(folder)' cannot be made: \(Self.text(reason))\(Self.remedy(reason))"
    case .exists: "exists already; use --force to overwrite it"
    case .resultExists: "exists already; use --force to overwrite it or --no-clobber to skip it"
    case .isInput: "is the input itself; use --in-place to replace pictures by their results"
    case .isAnotherInput: "is one of the inputs; write elsewhere"
    case .danglingLink: "is a link to a file that does not exist; remove it or name the file"
    case .changedMeanwhile:
      "has been changed by another program since it was read, and stays as it is; filter it again"
    case .isTerminal: "is a terminal; send the picture to a file or a pipe"
    case .unknownEnding(let ending):
      "the ending '.\(ending)' stands for no format that is written; "
        + "use .png, .jpg, .ppm, .tif, .webp, .jxl, .avif or .npy, or say --format"
    case .tooLarge(let limit): "is larger than \(limit) bytes; is it the right file?"
    case .namesInLines:
      "the names are separated by line ends, not by zero bytes; use find -print0"
    case .leavesFolder: "has .. in its name, which --parents cannot keep; name it without"
    case .updating: "another run with --update is at work here; wait for its end"
    case .noRecord: "is no record of --update; remove or rename it"
    case .unreadable(let reason): "cannot be read: \(Self.text(reason))\(Self.remedy(reason))"
    case .unwritable(let reason): "cannot be written: \(Self.text(reason))\(Self.remedy(reason))"
    }
  }

  private static func text(_ reason: Int32) -> String {
    let text = String(cString: strerror(reason))
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  private static func remedy(_ reason: Int32) -> String {
    switch reason {
    case ENOSPC, EDQUOT: "; free some space or write elsewhere"
    case EACCES: "; check the permissions of the file and of its folder"
    case EPERM:
      "; check the permissions of the file and of its folder, and whether it may be changed (lsattr)"
    case ENAMETOOLONG: "; use a shorter one"
    case ENOENT, ENOTDIR: "; make the folder first, or check its name"
    case ELOOP: "; the links lead in a circle, name the file itself"
    case EBADF: "; the stream is closed, open it or name a file"
    case EFBIG: "; raise the limit (ulimit -f), or write elsewhere"
    case EMFILE, ENFILE: "; raise the limit (ulimit -n), or use fewer --threads"
    case EROFS: "; write into another folder"
    case EIO, ESTALE, ENODEV, ENXIO:
      "; the disk or the network may be at fault, try again or copy it"
    default: ""
    }
  }
}
