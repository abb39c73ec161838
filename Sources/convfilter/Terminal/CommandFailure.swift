import ArgumentParser

/// Something that ends a command: what happened, where, and what to do.
struct CommandFailure: Error, CustomStringConvertible {
  let message: String
  /// The file, folder or option that it is about.
  let place: String?

  init(_ message: String, at place: String? = nil) {
    self.message = message
    self.place = place
  }

  /// Of the program: an option that makes no sense is wrong usage.
  var status: ExitCode { place?.hasPrefix("--") == true ? .validationFailure : .failure }

  var description: String { place.map { "\($0): \(message)" } ?? message }

  /// Runs `body`; what it throws gets a place, where it has none.
  static func at<Result>(
    _ place: String, _ body: () throws -> Result
  ) throws(CommandFailure) -> Result {
    do {
      return try body()
    } catch let failure as CommandFailure {
      throw CommandFailure(failure.message, at: failure.place ?? place)
    } catch {
      throw CommandFailure("\(error)", at: place)
    }
  }
}
