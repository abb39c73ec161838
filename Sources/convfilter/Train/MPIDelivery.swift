import CMessagePassing
import Raster

/// Letters that MPI carries while this process goes on.
final class MPIDelivery: RankDelivery {
  /// One a message; those before `next` are done.
  private let requests: UnsafeMutableBufferPointer<message_passing_request>
  private var next = 0

  init(_ letters: RankLetters, tag: Int32) {
    let size = Int(MESSAGE_PASSING_PIECE)
    func pieces(_ count: Int) -> [Range<Int>] {
      stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    }
    let coming = letters.received.flatMap { letter in
      pieces(letter.bytes.count).map { (letter.bytes[$0], letter.rank) }
    }
    let going = letters.sent.flatMap { letter in
      pieces(letter.bytes.count).map { (letter.bytes[$0], letter.rank) }
    }
    requests = .allocate(capacity: coming.count + going.count)
    requests.initialize(repeating: 0)
    // Safety: requests stay where they are until all are done, as the letters' memory does.
    var request = requests.baseAddress
    // What is waited for first: it need not be laid aside then.
    for (bytes, rank) in coming {
      let place = UnsafeMutableRawBufferPointer(rebasing: bytes)
      message_passing_start_receive(place.baseAddress, place.count, Int32(rank), tag, request)
      request = request.map { $0 + 1 }
    }
    for (bytes, rank) in going {
      let place = UnsafeRawBufferPointer(rebasing: bytes)
      message_passing_start_send(place.baseAddress, place.count, Int32(rank), tag, request)
      request = request.map { $0 + 1 }
    }
  }

  deinit {
    wait()
    requests.deallocate()
  }

  func isDone() -> Bool {
    while next < requests.count {
      if message_passing_is_done(requests.baseAddress! + next) == 0 { return false }
      next += 1
    }
    return true
  }

  func wait() {
    while next < requests.count {
      message_passing_wait(requests.baseAddress! + next)
      next += 1
    }
  }
}
